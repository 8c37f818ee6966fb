// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
internal import NodeProtocol
internal import WireFormat

/// Process 1 of a lab, or of an instance: holds namespaces, starts programs, reaps children.
///
/// Descriptor 3 is a listening socket for `InitRequest`s. A lab's init has its lifeline as descriptor 4: until one
/// octet has arrived there, the end of the process at the other end ends this init, and with it the whole lab. So an
/// orchestrator killed half-way leaves nothing behind.
package final class InitProgram {
    package enum Role: String {
        case lab, instance
    }

    private static let listenerDescriptor: Int32 = 3
    private static let lifelineDescriptor: Int32 = 4

    /// A program that was started and has not ended.
    private final class Program {
        let name: String
        let purpose: ProgramPurpose
        let logPath: String
        let handle: ProcessHandle

        init(_ order: ProcessOrder, handle: consuming ProcessHandle) {
            name = order.name
            purpose = order.purpose
            logPath = order.logPath
            self.handle = handle
        }
    }

    /// Targets that are already bind-mounted.
    private var bound: Set<String> = []
    private let loop: EventLoop
    private let signals: SignalSource
    /// A directory only in this mount namespace, where held namespaces are files.
    private let namespaceDirectory: String
    private var programs: [(processID: Int32, program: Program)] = []
    /// How each service that has not been started again ended.
    private var endedServices: [EndedProgram] = []
    private var channels: [ObjectIdentifier: (channel: MessageChannel, token: EventLoop.Token)] = [:]
    private var listener: ListenerWatch?

    package init(role: Role, namespaceDirectory: String) throws(SystemError) {
        self.namespaceDirectory = namespaceDirectory
        signals = try SignalSource([SIGCHLD])
        loop = try EventLoop()
        try Mounts.makeSlaves()
        try Mounts.mountKernel("proc", at: "/proc")
        try Mounts.mountKernel("sysfs", at: "/sys")
        if role == .lab {
            try Mounts.mountTemporary(at: namespaceDirectory)
        }
        _ = try loop.watch(signals.descriptor.rawValue, for: .readable) { [unowned self] _ in reap() }
        listener = try ListenerWatch(Self.listenerDescriptor, in: loop) { [unowned self] () throws(SystemError) in
            try accept()
        }
        if role == .lab {
            try watchLifeline()
        }
    }

    package func run() throws(SystemError) {
        try loop.run()
    }

    private func watchLifeline() throws(SystemError) {
        var token: EventLoop.Token?
        token = try loop.watch(Self.lifelineDescriptor, for: .readable) { [unowned self] _ in
            var octet: UInt8 = 0
            guard read(Self.lifelineDescriptor, &octet, 1) == 1 else { exit(0) }
            if let token { loop.remove(token) }
            close(Self.lifelineDescriptor)
        }
    }

    private func reap() {
        while signals.next() != nil {}
        while let (processID, status) = reapChild() {
            guard let index = programs.firstIndex(where: { $0.processID == processID }) else { continue }
            let program = programs.remove(at: index).program
            let ended = EndedProgram(
                name: program.name, purpose: program.purpose, status: status, logPath: program.logPath,
                logByteCount: byteCount(ofFile: program.logPath))
            log("\(program.name) ended with status \(status)")
            if program.purpose == .service { endedServices.append(ended) }
            let message = JSON.encode(InitMessage<Done>.ended(ended))
            for (channel, _) in channels.values {
                if channel.enqueue(message) { rewatch(channel) } else { drop(channel) }
            }
        }
    }

    private func accept() throws(SystemError) {
        guard let channel = try MessageChannel.accept(from: Self.listenerDescriptor) else { return }
        let token = try loop.watch(channel.descriptor, for: .readable) { [unowned self] in serve(channel, $0) }
        channels[ObjectIdentifier(channel)] = (channel, token)
    }

    private func serve(_ channel: MessageChannel, _ readiness: EventLoop.Readiness) {
        do {
            if readiness.contains(.writable), !channel.flush() { return drop(channel) }
            if readiness != .writable, try !channel.readMore() { return drop(channel) }
            // Answers wait for their client, and the whole lab would wait with them.
            while let message = try channel.nextRequest() {
                try answer(try JSON.decode(InitRequest.self, from: message), on: channel)
            }
            rewatch(channel)
        } catch {
            log("\(error)")
            drop(channel)
        }
    }

    private func rewatch(_ channel: MessageChannel) {
        guard let token = channels[ObjectIdentifier(channel)]?.token else { return }
        do throws(SystemError) {
            try loop.update(token, to: channel.awaited)
        } catch {
            log("\(error)")
        }
    }

    private func drop(_ channel: MessageChannel) {
        guard let (_, token) = channels.removeValue(forKey: ObjectIdentifier(channel)) else { return }
        loop.remove(token)
    }

    private func answer(_ request: InitRequest, on channel: MessageChannel) throws(SystemError) {
        switch request {
        case .holdNamespaces(let query):
            try answer(query, on: channel) { () throws(SystemError) in
                for name in query.names { try hold(name, channel.nextDescriptor()) }
                try channel.send(query.answered(by: Done()).octets)
            }
        case .startProgram(let query):
            try answer(query, on: channel) { () throws(SystemError) in
                let program = try start(query.order, from: channel)
                try channel.send(
                    query.answered(by: Done()).octets, descriptors: [program.handle.descriptor.rawValue])
            }
        case .listPrograms(let query):
            try answer(query, on: channel) { () throws(SystemError) in try sendPrograms(query, on: channel) }
        }
    }

    /// Errors are reported to the client.
    private func answer(
        _ query: some InitQuery, on channel: MessageChannel, _ body: () throws(SystemError) -> Void
    ) throws(SystemError) {
        do throws(SystemError) {
            try body()
        } catch {
            try channel.send(query.failed("\(error)").octets)
        }
    }

    private func sendPrograms(_ query: ListPrograms, on channel: MessageChannel) throws(SystemError) {
        var rest = programs.map(\.program)[...]
        var isFirst = true
        repeat {
            let part = rest.prefix(MessageChannel.descriptorCountMax)
            rest = rest.dropFirst(part.count)
            let answer = ListPrograms.Answer(
                names: part.map(\.name), ended: isFirst ? endedServices : [], remainingCount: rest.count)
            isFirst = false
            try channel.send(
                query.answered(by: answer).octets, descriptors: part.map { $0.handle.descriptor.rawValue })
        } while !rest.isEmpty
    }

    /// Keeps a namespace as a file in this mount namespace, where `nsenter` and later rslab commands find it.
    private func hold(_ name: String, _ descriptor: consuming OwnedDescriptor?) throws(SystemError) {
        guard let descriptor else {
            throw SystemError(operation: "hold", subject: name, code: EBADF, detail: "no descriptor came along")
        }
        let path = "\(namespaceDirectory)/\(name)"
        _ = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_CREAT, mode: 0o400)
        try Mounts.bind("/proc/self/fd/\(descriptor.rawValue)", at: path)
    }

    private func start(_ order: ProcessOrder, from channel: MessageChannel) throws(SystemError) -> Program {
        var extra: [Int32] = []
        // If the child runs it has its own copies, otherwise there is no child: close ours either way.
        defer { extra.forEach { close($0) } }
        for _ in 0..<order.descriptorCount {
            guard let descriptor = channel.nextDescriptor() else {
                throw SystemError(
                    operation: "start", subject: order.name, code: EBADF, detail: "a descriptor is missing")
            }
            extra.append(descriptor.release())
        }
        for bind in order.binds where bound.insert(bind.path).inserted {
            try Mounts.bind(bind.source, at: bind.path)
        }
        let logFile = try OwnedDescriptor(
            opening: order.logPath, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        var child = ChildProcess(
            executable: order.executable, arguments: order.arguments, environment: order.environment)
        child.extraDescriptors = extra
        child.standardDescriptors = [nil, logFile.rawValue, logFile.rawValue]
        child.hostName = order.hostName
        child.newPIDNamespace = order.isInstance
        child.newMountNamespace = order.isInstance
        child.newUTSNamespace = order.isInstance
        child.newSession = true
        let started: StartedProcess
        if let namespace = order.networkNamespace {
            let descriptor = try OwnedDescriptor(opening: "\(namespaceDirectory)/\(namespace)", flags: O_RDONLY)
            child.networkNamespace = descriptor.rawValue
            started = try child.start()
        } else {
            started = try child.start()
        }
        let processID = started.processID
        let program = Program(order, handle: started.takeHandle())
        endedServices.removeAll { $0.name == order.name }
        programs.append((processID, program))
        return program
    }
}
