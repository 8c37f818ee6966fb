// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import NodeRuntime

extension Lab {
    /// Runs a command inside a node, with this process' standard input, output and error, and waits for it.
    ///
    /// - Returns: its exit status, or 128 + the signal that ended it.
    package func run(_ words: [String], on node: String) throws -> Int32 {
        let network = try namespace(node)
        // Instances have PID, mount and UTS namespaces of their own; the other nodes share the lab's.
        let owner: Int32
        if plan.namespaces(.instance).contains(where: { $0.name == node }) {
            guard let program = try initClient.running().last(where: { $0.name == node }),
                let processID = program.handle.processID()
            else { throw LabError("\(node) does not run", advice: "run 'rslab restore' to boot it again") }
            owner = processID
        } else {
            owner = state.initProcess.processID
        }
        var child = ChildProcess(
            executable: try NodePrograms.Executables.find().node,
            arguments: ["enter", String(decoding: JSON.encode(settings(for: words, on: node)), as: UTF8.self)],
            environment: Self.environment)
        let mounts = try OwnedDescriptor(opening: "/proc/\(owner)/ns/mnt", flags: O_RDONLY)
        let names = try OwnedDescriptor(opening: "/proc/\(owner)/ns/uts", flags: O_RDONLY)
        let processes = try OwnedDescriptor(opening: "/proc/\(owner)/ns/pid", flags: O_RDONLY)
        child.networkNamespace = network.descriptor
        child.mountNamespace = mounts.rawValue
        child.utsNamespace = names.rawValue
        child.standardDescriptors = [0, 1, 2]
        let processNamespace = processes.rawValue
        let processID = try DedicatedThread.perform { () throws(SystemError) -> Int32 in
            try checked(
                "enter the PID namespace of", node, rslab_enter_pid_namespace_for_children(processNamespace))
            return try child.start().processID
        }
        return try waitForChild(processID)
    }

    private static var environment: [String] {
        // Everything that the user has, as `sudo` and `ip netns exec` leave it.
        var entries: [String] = []
        var entry = environ
        while let text = entry.pointee {
            entries.append(String(cString: text))
            entry += 1
        }
        return entries
    }

    private func settings(for words: [String], on node: String) -> EnterProgram.Settings {
        var homeFiles: [String: String] = [:]
        if speakerInstances.contains(node) {
            homeFiles["gobgpd.conf"] = directory.gobgpdConfiguration(node)
            homeFiles["gobgp"] =
                state.options.speaker == .builtin ? "\(directory.commandDirectory)/gobgp" : "/usr/bin/gobgp"
        }
        let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let inherited = getenv("PATH").map { String(cString: $0) }
        return EnterProgram.Settings(
            commandDirectory: directory.commandDirectory, searchPath: inherited.map { "\($0):\(standard)" } ?? standard,
            homeFiles: homeFiles, words: words, lab: name)
    }
}
