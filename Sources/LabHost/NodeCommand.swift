// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol

extension Lab {
    /// Runs a command inside a node, with this process's standard input, output and error, and waits for it.
    ///
    /// SIGTERM and SIGHUP are passed on to it. SIGINT and SIGQUIT are not: a terminal sends them to both.
    ///
    /// - Returns: its exit status, or 128 + the signal that ended it.
    package func run(_ words: [String], on node: String) throws -> Int32 {
        let signals = try SignalSource([SIGINT, SIGQUIT, SIGTERM, SIGHUP])
        let network = try namespace(node)
        // Instances have their own PID, mount and UTS namespaces; the other nodes share the lab's.
        let owner: Int32
        if plan.namespaces(.instance).contains(where: { $0.name == node }) {
            guard let program = try initClient.running().last(where: { $0.name == node }),
                let processID = program.handle.processID()
            else { throw LabError("\(node) does not run", advice: "run 'rslab restore' to boot it again") }
            owner = processID
        } else {
            owner = state.initProcess.processID
        }
        var settings = try settings(for: words, on: node)
        // While the instance is starved, the command shares its limit from its first instruction on.
        let group = try CPUGroup(named: directory.cpuGroupName(node))?.openForJoining()
        let groupDescriptor: Int32? =
            switch group {
            case .some(let group): group.rawValue
            case nil: nil
            }
        if groupDescriptor != nil { settings.cpuGroupDescriptor = ChildProcess.firstExtraDescriptor }
        var child = ChildProcess(
            executable: try NodePrograms.Executables.find().node,
            arguments: ["enter", String(decoding: JSON.encode(settings), as: UTF8.self)],
            environment: Self.environment)
        child.extraDescriptors = groupDescriptor.map { [$0] } ?? []
        let mounts = try OwnedDescriptor(opening: "/proc/\(owner)/ns/mnt", flags: O_RDONLY)
        let names = try OwnedDescriptor(opening: "/proc/\(owner)/ns/uts", flags: O_RDONLY)
        let processes = try OwnedDescriptor(opening: "/proc/\(owner)/ns/pid", flags: O_RDONLY)
        child.networkNamespace = network.descriptor
        child.mountNamespace = mounts.rawValue
        child.utsNamespace = names.rawValue
        child.standardDescriptors = [0, 1, 2]
        let processNamespace = processes.rawValue
        let started = try DedicatedThread.perform { () throws(SystemError) -> StartedCommand in
            try checked(
                "enter the PID namespace of", node, rslab_enter_pid_namespace_for_children(processNamespace))
            return StartedCommand(try child.start())
        }
        return try started.waitForEnd(passingOn: signals)
    }

    private static var environment: [String] {
        // Everything that the user has, as with `sudo` and `ip netns exec`.
        var entries: [String] = []
        var entry = environ
        while let text = entry.pointee {
            entries.append(String(cString: text))
            entry += 1
        }
        return entries
    }

    /// The machine's /etc/hosts and the lab's names.
    private var hosts: String {
        // A machine may have none.
        let own = (try? readTextFile("/etc/hosts")) ?? ""
        let instances = plan.namespaces(.instance).compactMap { node in
            plan.addresses.first { $0.namespace == node.name }.map { "\($0.address) \(node.name)" }
        }
        // The other nodes have the lab's host name.
        return ([own] + instances + ["127.0.1.1 \(name)"]).joined(separator: "\n") + "\n"
    }

    private func settings(for words: [String], on node: String) throws -> EnterProgramSettings {
        try replaceFile(directory.hostsFile, with: Array(hosts.utf8), mode: 0o644)
        var homeFiles: [String: String] = [:]
        if layout.speakerInstances.contains(node) {
            homeFiles["gobgpd.conf"] = directory.gobgpdConfiguration(node)
            homeFiles["gobgp"] =
                state.options.speaker == .builtin ? "\(directory.commandDirectory)/gobgp" : "/usr/bin/gobgp"
        }
        let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let inherited = getenv("PATH").map { String(cString: $0) }
        return EnterProgramSettings(
            commandDirectory: directory.commandDirectory, searchPath: inherited.map { "\($0):\(standard)" } ?? standard,
            homeFiles: homeFiles, hostsFile: directory.hostsFile, words: words, lab: name,
            workingDirectory: Self.workingDirectory)
    }

    /// Nil if it was removed meanwhile.
    private static var workingDirectory: String? {
        guard let text = getcwd(nil, 0) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}

/// A user's command that runs inside a node.
private final class StartedCommand {
    private let process: StartedProcess

    init(_ process: consuming StartedProcess) { self.process = process }

    /// Waits for its end; meanwhile, signals for this process are passed on to it.
    func waitForEnd(passingOn signals: borrowing SignalSource) throws(SystemError) -> Int32 {
        while true {
            let ready = try checked(
                "wait for", "process \(process.processID)",
                rslab_wait_two_readable_until(
                    process.handle.descriptor.rawValue, signals.descriptor.rawValue, .max))
            if ready & 1 != 0 { return try waitForChild(process.processID) }
            while let signal = signals.next() {
                guard signal == SIGTERM || signal == SIGHUP else { continue }
                try process.handle.send(signal: signal)
            }
        }
    }
}
