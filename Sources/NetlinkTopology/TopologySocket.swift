// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem

/// A NETLINK_ROUTE socket opened inside one namespace, where it stays: it builds links and addresses.
///
/// Each request waits for the kernel's acknowledgement, which the kernel writes before the send returns. Nothing is
/// looked up: interfaces are identified by index, which the caller chooses when it creates them.
///
/// Every failure is a `SystemError` with the operation, the names concerned, the errno and the kernel's own text.
package struct TopologySocket: ~Copyable {
    let socket: LibnlSocket
    /// The namespace's name in messages.
    package let namespaceName: String
    private let exchange = Exchange()

    /// The most times a table is read again because it changed during the dump.
    private static let dumpAttempts = 8
    /// The kernel makes no datagram of a dump longer than 32 KiB.
    private static let answerOctetsMax = 65536

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        let name = namespace.name
        self.init(
            try namespace.perform { () throws(SystemError) -> OpaquePointer in
                try Self.open(in: name)
            }, name)
    }

    /// Opens the socket in the calling thread's namespace, which is called `name` in messages.
    package init(inNamespaceOfThread name: String) throws(SystemError) {
        self.init(try Self.open(in: name), name)
    }

    private init(_ pointer: OpaquePointer, _ name: String) {
        namespaceName = name
        socket = LibnlSocket(adopting: pointer)
        exchange.attach(to: pointer)
    }

    private static func open(in name: String) throws(SystemError) -> OpaquePointer {
        guard let socket = nl_socket_alloc() else {
            throw SystemError(operation: "open netlink socket", subject: name, code: ENOMEM)
        }
        let result = nl_connect(socket, NETLINK_ROUTE)
        guard result >= 0 else {
            nl_socket_free(socket)
            throw SystemError(operation: "open netlink socket", subject: name, libnl: result)
        }
        guard rslab_nl_enable_extended_ack(socket) == 0 else {
            let code = errno
            nl_socket_free(socket)
            throw SystemError(operation: "set up netlink socket", subject: name, code: code)
        }
        // Room for any answer, so that its length need not be asked for with a system call of its own.
        nl_socket_set_msg_buf_size(socket, Self.answerOctetsMax)
        nl_socket_disable_msg_peek(socket)
        return socket
    }

    /// Builds a request, sends it and waits for its acknowledgement.
    ///
    /// `build` returns libnl's code and stores the message in its argument.
    func request(
        _ operation: String, _ subject: @autoclosure () -> String,
        _ build: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(SystemError) {
        var built: OpaquePointer?
        let result = build(&built)
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: place(subject()), libnl: result)
        }
        try send(LibnlMessage(adopting: built, for: operation), operation, subject())
    }

    /// Sends a request and waits for its acknowledgement.
    func send(
        _ message: borrowing LibnlMessage, _ operation: String, _ subject: @autoclosure () -> String
    ) throws(SystemError) {
        let result = nl_send_auto(socket.pointer, message.pointer)
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: place(subject()), libnl: result)
        }
        exchange.begin(sequence: nlmsg_hdr(message.pointer).pointee.nlmsg_seq)
        while case .waiting = exchange.outcome {
            let result = nl_recvmsgs_default(socket.pointer)
            if result < 0, case .waiting = exchange.outcome {
                throw SystemError(operation: operation, subject: place(subject()), libnl: result)
            }
        }
        if case .failed(let code, let detail) = exchange.outcome {
            throw SystemError(operation: operation, subject: place(subject()), code: code, detail: detail)
        }
    }

    /// Reads a whole table, object by object, through `row`.
    ///
    /// A dump during which the table changed is repeated, a few times; the last one counts.
    func dump<Row>(
        _ operation: String, type: Int, header: some BitwiseCopyable, _ row: (OpaquePointer) -> Row?
    ) throws(SystemError) -> [Row] {
        for _ in 0..<Self.dumpAttempts - 1 {
            let rows = try dumpOnce(operation, type: type, header: header, row)
            if !exchange.isInterrupted { return rows }
        }
        return try dumpOnce(operation, type: type, header: header, row)
    }

    private func dumpOnce<Row>(
        _ operation: String, type: Int, header: some BitwiseCopyable, _ row: (OpaquePointer) -> Row?
    ) throws(SystemError) -> [Row] {
        let message = try LibnlMessage.make(type: type, flags: NLM_F_DUMP, header: header, for: operation)
        return try collect(row) { () throws(SystemError) in try send(message, operation, "") }
    }

    /// Collects the result of `row` for each object that the kernel sends during `body`.
    func collect<Row>(
        _ row: (OpaquePointer) -> Row?, during body: () throws(SystemError) -> Void
    ) throws(SystemError) -> [Row] {
        let collected = CollectedRows<Row>()
        // `visit` is cleared before this function ends, so `row` does not outlive its call.
        try withoutActuallyEscaping(row) { (row) throws(SystemError) in
            defer { exchange.visit = nil }
            exchange.visit = { object in
                if let row = row(object) { collected.rows.append(row) }
            }
            try body()
        }
        return collected.rows
    }

    /// `subject` with the namespace's name.
    private func place(_ subject: String) -> String {
        subject.isEmpty ? "in \(namespaceName)" : "\(subject) in \(namespaceName)"
    }
}

private final class CollectedRows<Row> {
    var rows: [Row] = []
}

extension SystemError {
    /// An error of libnl itself: its codes are not errnos, so its text is the detail.
    init(operation: String, subject: String, libnl result: Int32) {
        self.init(
            operation: operation, subject: subject, code: 0,
            detail: nl_geterror(result).map { String(cString: $0) } ?? "libnl error \(result)")
    }
}
