// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
internal import LinuxSystem
package import NodeProtocol
internal import RouteServer

/// Starts what runs on the nodes; each program's control socket is made before it.
///
/// A client can connect at once to a socket that exists before its program does, and waits for the answer: nothing
/// polls for the program's start.
package struct NodePrograms {
    let directory: RunDirectory
    let executables: Executables

    package init(directory: RunDirectory, executables: Executables) {
        self.directory = directory
        self.executables = executables
    }

    /// What a lab needs to run; absolute paths.
    package struct Executables {
        /// rslab-node, next to rslab itself.
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
                throw LabError("\(node) is missing", advice: "install rslab-node next to rslab")
            }
            return Executables(node: node, rslab: path)
        }
    }

    /// The order for a node's program, whose configuration is written to a file.
    ///
    /// Under the lab's init, which starts the programs of several nodes, it is named after its node.
    private func order(
        _ verb: String, node: String, namespace: String?, configuration: some Encodable, startLine: Int?
    ) throws -> ProcessOrder {
        let file = directory.configurationFile("\(node).\(verb)")
        try replaceFile(file, with: JSON.encode(configuration))
        return ProcessOrder(
            name: namespace ?? verb, executable: executables.node,
            arguments: [verb, file] + (startLine.map { ["\($0)"] } ?? []),
            environment: Self.environment,
            networkNamespace: namespace, logPath: directory.logFile(node))
    }

    package static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]

    /// Makes a node's control socket; replaces the socket of a program that is gone.
    private func controlSocket(_ path: String) throws -> OwnedDescriptor {
        unlink(path)
        return try MessageChannel.listener(at: path)
    }

    /// Orders one of rslab's own programs, which waits at `startLine` if that is given.
    private func order(
        _ verb: String, node: String, namespace: String?, configuration: some Encodable, descriptors: [Int32],
        startLine: Int32?, by initClient: InitClient
    ) throws -> InitClient.Pending<InitClient.Program> {
        let descriptors = descriptors + (startLine.map { [$0] } ?? [])
        let order = try order(
            verb, node: node, namespace: namespace, configuration: configuration,
            // Its number: it follows standard input, output and error and all other descriptors.
            startLine: startLine == nil ? nil : 2 + descriptors.count)
        return try initClient.order(order, descriptors: descriptors)
    }

    package func orderWatcher(
        _ configuration: WatcherProgramConfiguration, by initClient: InitClient, startLine: Int32? = nil
    ) throws -> InitClient.Pending<InitClient.Program> {
        let socket = try controlSocket(directory.nodeSocket(configuration.node))
        return try order(
            "watcher", node: configuration.node, namespace: configuration.node, configuration: configuration,
            descriptors: [socket.rawValue], startLine: startLine, by: initClient)
    }

    package func orderRouteServer(
        _ configuration: RouteServerProgramConfiguration, router: HeldNamespace, by initClient: InitClient,
        startLine: Int32? = nil
    ) throws -> InitClient.Pending<InitClient.Program> {
        var configuration = configuration
        if configuration.machine.recordsPeerLog {
            configuration.peerLog = .init(path: directory.peerLogFile(configuration.node))
        }
        let socket = try controlSocket(directory.nodeSocket(configuration.node))
        return try order(
            "route-server", node: configuration.node, namespace: configuration.node, configuration: configuration,
            descriptors: [socket.rawValue, router.descriptor], startLine: startLine, by: initClient)
    }

    /// An instance's init, in PID, mount and UTS namespaces of its own.
    package func orderInstance(
        _ name: String, by initClient: InitClient
    ) throws -> InitClient.Pending<InitClient.Program> {
        let socket = try controlSocket(directory.instanceInitSocket(name))
        var order = ProcessOrder(
            name: name, executable: executables.node,
            arguments: ["init", "instance", directory.namespaceDirectory], environment: Self.environment,
            networkNamespace: name, logPath: directory.logFile(name))
        order.isInstance = true
        order.hostName = name
        return try initClient.order(order, descriptors: [socket.rawValue])
    }

    /// The program that stops an instance for a part of each period, by the name `program`.
    package func startTurns(_ program: String, _ settings: TurnsProgramSettings, by initClient: InitClient) throws {
        let file = directory.configurationFile(program)
        try replaceFile(file, with: JSON.encode(settings))
        _ = try initClient.start(
            ProcessOrder(
                name: program, purpose: .task, executable: executables.node, arguments: ["turns", file],
                environment: Self.environment,
                logPath: directory.logFile(program)))
    }

    /// rslab's own speaker, on an instance.
    package func orderSpeaker(
        _ speaker: InstanceSpeaker, by instanceInit: InitClient, startLine: Int32? = nil
    ) throws -> InitClient.Pending<InitClient.Program> {
        let socket = try controlSocket(directory.nodeSocket(speaker.instance))
        return try order(
            "speaker", node: speaker.instance, namespace: nil, configuration: speaker.configuration,
            descriptors: [socket.rawValue], startLine: startLine, by: instanceInit)
    }
}
