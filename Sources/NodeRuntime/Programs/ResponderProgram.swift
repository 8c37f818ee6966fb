// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
internal import Measurement
package import NodeProtocol
internal import WireFormat

/// A service on an instance: echoes over TCP and UDP (RFC 862), and identifies its instance in each reply.
///
/// One thread, without real-time priority: the end of a process runs at its priority, so a SCHED_FIFO process would
/// keep the instance's speaker from closing its connections when all are killed at once. It ends with descriptor 3, a
/// pipe whose other end its owner holds.
package final class ResponderProgram {
    private static let ownerDescriptor: Int32 = 3
    /// A client that does not read its replies is not read from until it does.
    private static let backlogByteCountMax = 64 << 10

    private final class Connection {
        let socket: StreamSocket
        var token: EventLoop.Token?
        /// The beginning of a message whose end has not arrived yet.
        var partial: [UInt8] = []
        /// Replies that the socket has not accepted yet.
        var backlog: [UInt8] = []

        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private final class Listener {
        let socket: StreamSocket
        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private final class DatagramListener {
        let socket: ServiceDatagramSocket
        init(_ socket: consuming ServiceDatagramSocket) { self.socket = socket }
    }

    private let settings: ResponderProgramSettings
    private let loop: EventLoop
    private var listeners: [Listener] = []
    private var datagramListeners: [DatagramListener] = []
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    package init(settings: ResponderProgramSettings) throws(SystemError) {
        self.settings = settings
        loop = try EventLoop()
        _ = try loop.watch(Self.ownerDescriptor, for: .readable) { [unowned self] _ in loop.stop() }
        for address in settings.addresses {
            let listener = Listener(
                try .listen(address: address, port: settings.port, link: nil, reach: .anywhere))
            let datagrams = DatagramListener(try ServiceDatagramSocket(address: address, port: settings.port))
            listeners.append(listener)
            datagramListeners.append(datagrams)
            _ = try loop.watch(listener.socket.descriptor.rawValue, for: .readable) {
                [unowned self, unowned listener] _ in
                accept(from: listener)
            }
            _ = try loop.watch(datagrams.socket.descriptor.rawValue, for: .readable) {
                [unowned self, unowned datagrams] _ in
                while datagrams.socket.answerNext(
                    in: &buffer, with: { [settings] in ApplicationMessage.answer(&$0, count: $1, as: settings.number) })
                {}
            }
        }
    }

    package func run() throws(SystemError) {
        try loop.run()
    }

    private func accept(from listener: Listener) {
        do throws(SystemError) {
            while let socket = try listener.socket.accept() {
                let connection = Connection(socket)
                connection.token = try loop.watch(connection.socket.descriptor.rawValue, for: .readable) {
                    [unowned self, unowned connection] readiness in
                    serve(connection, readiness)
                }
                connections[ObjectIdentifier(connection)] = connection
            }
        } catch {
            log("a connection was not accepted: \(error)")
        }
    }

    private func serve(_ connection: Connection, _ readiness: EventLoop.Readiness) {
        if !connection.backlog.isEmpty {
            guard send([], on: connection) else { return drop(connection) }
            guard connection.backlog.count < Self.backlogByteCountMax else { return }
        }
        while connection.backlog.count < Self.backlogByteCountMax {
            switch readOnce(connection.socket.descriptor.rawValue, into: &buffer) {
            case .octets(let count):
                guard answer(buffer.prefix(count), on: connection) else { return drop(connection) }
            case .nothingNow:
                return
            case .end, .failed:
                return drop(connection)
            }
        }
    }

    private func answer(_ octets: ArraySlice<UInt8>, on connection: Connection) -> Bool {
        connection.partial.append(contentsOf: octets)
        let whole = ApplicationMessage.answer(
            &connection.partial, count: connection.partial.count, as: settings.number)
        let replies = Array(connection.partial.prefix(whole))
        connection.partial.removeFirst(whole)
        return send(replies, on: connection)
    }

    /// Sends what can be sent now, after earlier unsent data; false if the connection has failed.
    private func send(_ replies: [UInt8], on connection: Connection) -> Bool {
        connection.backlog.append(contentsOf: replies)
        if !connection.backlog.isEmpty {
            let count = writeOnce(connection.socket.descriptor.rawValue, connection.backlog, from: 0)
            guard count >= 0 else { return false }
            connection.backlog.removeFirst(count)
        }
        let isFull = connection.backlog.count >= Self.backlogByteCountMax
        let interest: EventLoop.Readiness =
            isFull ? .writable : connection.backlog.isEmpty ? .readable : [.readable, .writable]
        guard let token = connection.token else { return true }
        do throws(SystemError) {
            try loop.update(token, to: interest)
            return true
        } catch {
            return false
        }
    }

    private func drop(_ connection: Connection) {
        if let token = connection.token { loop.remove(token) }
        connections[ObjectIdentifier(connection)] = nil
    }
}
