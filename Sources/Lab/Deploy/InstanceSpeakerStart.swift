// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import NodeRuntime
internal import WireFormat

/// Starts the BGP speaker of an instance: rslab's own, or Debian's gobgpd.
struct InstanceSpeakerStart {
    let programs: NodePrograms
    let options: LabOptions
    let feed: EventFeed
    let deadline: Instant

    func start(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        switch options.speaker {
        case .builtin:
            _ = try programs.startSpeaker(speaker, by: instanceInit)
        case .gobgpd:
            try startGoBGP(speaker, by: instanceInit)
        }
    }

    private static func executable(_ name: String) throws -> String {
        for folder in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
        where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw LabError("\(name) is not installed", advice: "run 'apt-get install gobgpd'")
    }

    private func startGoBGP(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws {
        let daemon = try Self.executable("gobgpd")
        let client = try Self.executable("gobgp")
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

    /// Runs `gobgp global rib add` until the daemon's API takes it.
    private func announce(
        _ words: [String], client: String, log: String, of daemon: InitClient.Program, by instanceInit: InitClient
    ) throws {
        let order = ProcessOrder(
            name: "gobgp", executable: client, arguments: ["global", "rib", "add"] + words,
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
        throw Self.failure(of: "gobgpd did not take '\(command)' in time", log: log)
    }

    /// Says gobgpd's last words, for its log may go with a lab that does not come up.
    private static func failure(of problem: String, log: String) -> LabError {
        // Without a log the message goes without them.
        let lines = (try? readTextFile(log))?.split(separator: "\n") ?? []
        // The instance's init and gobgp write to the same log.
        let words = lines.last { $0.contains("level=fatal") || $0.contains("level=error") }.map { ": \($0)" } ?? ""
        return LabError("\(problem)\(words)", advice: "look at the speaker's configuration")
    }
}
