// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
internal import LinuxSystem
internal import NodeProtocol
package import WireFormat

/// Starts the BGP speaker of an instance: rslab's own, or one of Debian's daemons.
package struct InstanceSpeakerStart {
    let programs: NodePrograms
    let options: LabOptions
    let feed: EventFeed
    let deadline: Instant

    package init(programs: NodePrograms, options: LabOptions, feed: EventFeed, deadline: Instant) {
        self.programs = programs
        self.options = options
        self.feed = feed
        self.deadline = deadline
    }

    package func start(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        switch options.speaker {
        case .builtin:
            _ = try programs.orderSpeaker(speaker, by: instanceInit).answer()
        case .gobgpd:
            try startGoBGP(speaker, by: instanceInit)
        case .bird:
            try startBird(speaker, by: instanceInit)
        case .frr:
            try startFRR(speaker, by: instanceInit)
        }
    }

    /// Has the daemon that `programs` belong to read its configuration again, as its manual says.
    package func reload(_ programs: [InitClient.Program], of instance: String, by instanceInit: InitClient) throws {
        switch options.speaker {
        case .builtin, .gobgpd, .bird:
            for program in programs { try program.handle.send(signal: SIGHUP) }
        case .frr:
            // FRR's daemons ignore SIGHUP: its shell reads the file and has them apply it.
            for program in programs where program.name != "zebra" {
                try runVTYShell(["-f", "\(Self.frrDirectory)/\(program.name).conf"], on: instance, by: instanceInit)
            }
        }
    }

    private func runVTYShell(_ arguments: [String], on instance: String, by instanceInit: InitClient) throws {
        let endedBefore = instanceInit.ended.count
        _ = try instanceInit.start(
            ProcessOrder(
                name: "vtysh", purpose: .task, executable: try Self.executable("vtysh", package: "frr"),
                arguments: ["--vty_socket", Self.frrDirectory] + arguments, environment: NodePrograms.environment,
                logPath: programs.directory.logFile(instance)))
        let hasEnded = try feed.wait(until: deadline) {
            instanceInit.ended.dropFirst(endedBefore).contains { $0.name == "vtysh" }
        }
        guard hasEnded, instanceInit.ended.last(where: { $0.name == "vtysh" })?.status == 0 else {
            throw LabError(
                "vtysh on \(instance) did not apply the configuration", advice: "see 'rslab logs \(instance)'")
        }
    }

    /// Finds every executable that a kind of speaker needs.
    ///
    /// - Throws: `LabError` if one is not installed.
    package static func findExecutables(of kind: LabOptions.SpeakerKind, withBFD: Bool) throws {
        let programs: [String] =
            switch kind {
            case .builtin: []
            case .gobgpd: ["gobgpd", "gobgp"]
            case .bird: ["bird"]
            case .frr: ["zebra", "bgpd"] + (withBFD ? ["bfdd"] : [])
            }
        for program in programs {
            _ = try executable(program, package: kind == .bird ? "bird2" : kind.rawValue)
        }
    }

    private static func executable(_ name: String, package: String) throws -> String {
        // OpenBGPD has a bgpd too; only FRR's folders are certain to hold FRR's.
        let folders =
            package == "frr"
            ? ["/usr/local/lib/frr", "/usr/lib/frr", "/usr/bin"]
            : ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw LabError("\(name) is not installed", advice: "run 'apt-get install \(package)'")
    }

    private func startGoBGP(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        let daemon = try Self.executable("gobgpd", package: "gobgpd")
        let client = try Self.executable("gobgp", package: "gobgpd")
        let log = programs.directory.logFile(speaker.instance)
        let daemonProgram = try instanceInit.start(
            ProcessOrder(
                name: "gobgpd", executable: daemon,
                arguments: ["-f", programs.directory.gobgpdConfiguration(speaker.instance), "--log-plain"],
                environment: NodePrograms.environment, logPath: log))
        for words in speaker.announcementWords {
            try announce(words, client: client, log: log, of: daemonProgram, by: instanceInit)
        }
    }

    /// Runs `gobgp global rib add` until the daemon's API accepts it.
    private func announce(
        _ words: [String], client: String, log: String, of daemon: InitClient.Program, by instanceInit: InitClient
    ) throws {
        let order = ProcessOrder(
            name: "gobgp", purpose: .task, executable: client, arguments: ["global", "rib", "add"] + words,
            environment: NodePrograms.environment, logPath: log)
        while Instant.now < deadline {
            let endedBefore = instanceInit.ended.count
            _ = try instanceInit.start(order)
            _ = try feed.wait(until: deadline) {
                if let end = instanceInit.ended.first(where: { $0.name == "gobgpd" }) {
                    throw Self.failure(of: "gobgpd ended with status \(end.status)", log: log)
                }
                return instanceInit.ended.dropFirst(endedBefore).contains { $0.name == "gobgp" }
            }
            if instanceInit.ended.dropFirst(endedBefore).last(where: { $0.name == "gobgp" })?.status == 0 { return }
            _ = try feed.wait(until: .now + .milliseconds(50)) { false }
        }
        let command = "gobgp global rib add \(words.joined(separator: " "))"
        throw Self.failure(of: "gobgpd did not accept '\(command)' in time", log: log)
    }

    /// Quotes gobgpd's last error, since its log may be removed with a lab that does not come up.
    private static func failure(of problem: String, log: String) -> LabError {
        // Without a log, the message has no quotation.
        let lines = (try? readOwnText(log))?.split(separator: "\n") ?? []
        // The instance's init and gobgp write to the same log.
        let words = lines.last { $0.contains("level=fatal") || $0.contains("level=error") }.map { ": \($0)" } ?? ""
        return LabError("\(problem)\(words)", advice: "look at the speaker's configuration")
    }
}

// MARK: - bird and frr

extension InstanceSpeakerStart {
    /// Writes a program's configuration into the instance's daemon directory and returns its path.
    private func install(_ program: String, of speaker: InstanceSpeaker) throws -> String {
        guard let text = speaker.daemonConfigurations[program] else {
            throw LabError("there is no configuration for \(program) on \(speaker.instance)")
        }
        let folder = programs.directory.daemonDirectory(speaker.instance)
        try makeDirectory(folder, mode: 0o700)
        let file = "\(folder)/\(program).conf"
        try replaceFile(file, with: Array(text.utf8), mode: 0o644)
        return file
    }

    private func startBird(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        let file = try install("bird", of: speaker)
        let folder = programs.directory.daemonDirectory(speaker.instance)
        _ = try instanceInit.start(
            ProcessOrder(
                name: "bird", executable: try Self.executable("bird", package: "bird2"),
                arguments: ["-f", "-c", file, "-s", "\(folder)/bird.ctl", "-P", "\(folder)/bird.pid"],
                environment: NodePrograms.environment, logPath: programs.directory.logFile(speaker.instance)))
    }

    private func startFRR(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        let folder = programs.directory.daemonDirectory(speaker.instance)
        let zebraSocket = "\(folder)/zserv.api"
        // bgpd would connect to the socket of a zebra that was killed, where nothing listens.
        unlink(zebraSocket)
        try startFRR("zebra", of: speaker, by: instanceInit)
        // Without a listening zebra, bgpd and bfdd try again only after 10 s.
        while access(zebraSocket, F_OK) != 0 {
            guard Instant.now < deadline else {
                throw LabError("zebra on \(speaker.instance) does not listen", advice: "see its log")
            }
            _ = try feed.wait(until: .now + .milliseconds(2)) {
                if let end = instanceInit.ended.first(where: { $0.name == "zebra" }) { throw LabError(end.text) }
                return false
            }
        }
        for program in ["bfdd", "bgpd"] where speaker.daemonConfigurations[program] != nil {
            try startFRR(program, of: speaker, by: instanceInit)
        }
    }

    /// FRR's programs run only as its user, who cannot enter the run directory, and write below /var/tmp: the instance
    /// has its own /etc/frr and /var/tmp.
    private func startFRR(_ program: String, of speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        let executable = try Self.executable(program, package: "frr")
        let file = try install(program, of: speaker)
        let folder = programs.directory.daemonDirectory(speaker.instance)
        let temporary = "\(folder)/tmp"
        try makeDirectory(temporary, mode: 0o755)
        guard let owner = getpwnam("frr"), access(Self.frrDirectory, F_OK) == 0 else {
            throw LabError(
                "\(executable) is installed, but the user 'frr' or \(Self.frrDirectory) is missing",
                advice: "run 'apt-get install --reinstall frr'")
        }
        for path in [folder, temporary, file] {
            _ = try systemCall("give to frr", path) { chown(path, owner.pointee.pw_uid, owner.pointee.pw_gid) }
        }
        var arguments = [
            "-f", "\(Self.frrDirectory)/\(program).conf", "-i", "\(Self.frrDirectory)/\(program).pid",
            "-z", "\(Self.frrDirectory)/zserv.api", "--vty_socket", Self.frrDirectory, "-P", "0",
            "--log", "stdout", "--log-level", "informational",
        ]
        if program == "bfdd" { arguments += ["--bfdctl", "\(Self.frrDirectory)/bfdd.sock"] }
        _ = try instanceInit.start(
            ProcessOrder(
                name: program, executable: executable, arguments: arguments, environment: NodePrograms.environment,
                binds: [.init(folder, at: Self.frrDirectory), .init(temporary, at: "/var/tmp")],
                logPath: programs.directory.logFile(speaker.instance)))
    }

    package static let frrDirectory = "/etc/frr"
}
