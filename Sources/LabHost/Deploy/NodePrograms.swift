// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
internal import LinuxSystem
package import NodeProtocol
internal import RouteServer

/// Starts what runs on the nodes, each with its control socket made beforehand.
///
/// A socket that exists before its program does can be connected to at once: whoever asks waits for the answer, and
/// nobody polls for the program to be there.
package struct NodePrograms {
    let directory: RunDirectory
    let executables: Executables

    package init(directory: RunDirectory, executables: Executables) {
        self.directory = directory
        self.executables = executables
    }

    /// What a lab needs to run; absolute paths.
    package struct Executables {
        /// rslab-node, beside rslab itself.
        package var node: String
        package var rslab: String

        package static func find() throws -> Executables {
            var buffer = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/exe", &buffer, buffer.count)
            guard count > 0 else { throw LabError("cannot tell where rslab is", advice: "is /proc mounted?") }
            let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            let node = "/\(folder)/rslab-node"
            guard access(node, X_OK) == 0 else {
                throw LabError("\(node) is missing", advice: "install rslab-node beside rslab")
            }
            return Executables(node: node, rslab: path)
        }
    }

    /// The order for a node's program, with its configuration written to a file.
    ///
    /// Under the lab's init, which starts those of several nodes, it is called after its node.
    private func order(
        _ verb: String, node: String, namespace: String?, configuration: some Encodable
    ) throws -> ProcessOrder {
        let file = directory.configurationFile("\(node).\(verb)")
        try replaceFile(file, with: JSON.encode(configuration))
        return ProcessOrder(
            name: namespace ?? verb, executable: executables.node, arguments: [verb, file],
            environment: Self.environment,
            networkNamespace: namespace, logPath: directory.logFile(node))
    }

    package static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]

    /// A node's control socket; one of a program that is gone is replaced.
    private func controlSocket(_ path: String) throws -> OwnedDescriptor {
        unlink(path)
        return try MessageChannel.listener(at: path)
    }

    package func startWatcher(_ configuration: WatcherProgramConfiguration, by initClient: InitClient) throws {
        let socket = try controlSocket(directory.nodeSocket(configuration.node))
        _ = try initClient.start(
            order("watcher", node: configuration.node, namespace: configuration.node, configuration: configuration),
            descriptors: [socket.rawValue])
    }

    package func startRouteServer(
        _ configuration: RouteServerProgramConfiguration, router: HeldNamespace, by initClient: InitClient
    ) throws {
        var configuration = configuration
        if configuration.machine.recordsPeerLog {
            configuration.peerLog = .init(path: directory.peerLogFile(configuration.node))
        }
        let socket = try controlSocket(directory.nodeSocket(configuration.node))
        _ = try initClient.start(
            order(
                "route-server", node: configuration.node, namespace: configuration.node, configuration: configuration),
            descriptors: [socket.rawValue, router.descriptor])
    }

    /// An instance's init, in PID, mount and UTS namespaces of its own.
    package func startInstance(_ name: String, by initClient: InitClient) throws -> InitClient.Program {
        let socket = try controlSocket(directory.instanceInitSocket(name))
        var order = ProcessOrder(
            name: name, executable: executables.node,
            arguments: ["init", "instance", directory.namespaceDirectory], environment: Self.environment,
            networkNamespace: name, logPath: directory.logFile(name))
        order.isInstance = true
        order.hostName = name
        return try initClient.start(order, descriptors: [socket.rawValue])
    }

    /// The program that stops an instance for a part of each period, by the name `program`.
    package func startTurns(_ program: String, _ settings: TurnsProgramSettings, by initClient: InitClient) throws {
        let file = directory.configurationFile(program)
        try replaceFile(file, with: JSON.encode(settings))
        _ = try initClient.start(
            ProcessOrder(
                name: program, executable: executables.node, arguments: ["turns", file], environment: Self.environment,
                logPath: directory.logFile(program)))
    }

    /// rslab's own speaker, on an instance.
    package func startSpeaker(_ speaker: InstanceSpeaker, by instanceInit: InitClient) throws -> InitClient.Program {
        let socket = try controlSocket(directory.nodeSocket(speaker.instance))
        return try instanceInit.start(
            order("speaker", node: speaker.instance, namespace: nil, configuration: speaker.configuration),
            descriptors: [socket.rawValue])
    }
}
