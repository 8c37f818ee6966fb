// SPDX-License-Identifier: MIT-0
internal import CLibnl

/// One request and the answers to it, filled in by libnl's callbacks.
///
/// A class, because C keeps its address for the lifetime of the socket.
final class Exchange {
    enum Outcome {
        case waiting
        case done
        /// A positive errno and the kernel's own text.
        case failed(code: Int32, detail: String?)
    }

    /// The sequence number of the request; answers with another number are stale and skipped.
    var sequence: UInt32 = 0
    var outcome = Outcome.waiting
    /// Whether the tables changed during the dump, so that the rows may be inconsistent (NLM_F_DUMP_INTR).
    var isInterrupted = false
    /// What to do with each object of a dump.
    var visit: ((OpaquePointer) -> Void)?

    func begin(sequence: UInt32) {
        self.sequence = sequence
        outcome = .waiting
        isInterrupted = false
    }

    /// Makes libnl report to this exchange.
    func attach(to socket: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        nl_socket_modify_cb(socket, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, Self.checkSequence, context)
        nl_socket_modify_cb(socket, NL_CB_ACK, NL_CB_CUSTOM, Self.acknowledged, context)
        nl_socket_modify_cb(socket, NL_CB_FINISH, NL_CB_CUSTOM, Self.finished, context)
        nl_socket_modify_cb(socket, NL_CB_DUMP_INTR, NL_CB_CUSTOM, Self.interrupted, context)
        nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, Self.received, context)
        nl_socket_modify_err_cb(socket, NL_CB_CUSTOM, Self.failed, context)
    }

    private static let checkSequence: nl_recvmsg_msg_cb_t = { message, context in
        guard let exchange = Exchange.at(context), let header = nlmsg_hdr(message) else { return skip }
        return header.pointee.nlmsg_seq == exchange.sequence ? proceed : skip
    }

    private static let acknowledged: nl_recvmsg_msg_cb_t = { _, context in
        Exchange.at(context)?.outcome = .done
        return stop
    }

    private static let finished: nl_recvmsg_msg_cb_t = { message, context in
        guard let exchange = Exchange.at(context) else { return stop }
        // A dump that fails half-way reports it in the payload of its NLMSG_DONE, which libnl does not read.
        var code: Int32 = 0
        if let header = nlmsg_hdr(message), nlmsg_datalen(header) >= 4, let payload = nlmsg_data(header) {
            code = payload.loadUnaligned(as: Int32.self)
        }
        exchange.outcome = code < 0 ? .failed(code: 0 &- code, detail: nil) : .done
        return stop
    }

    private static let interrupted: nl_recvmsg_msg_cb_t = { _, context in
        Exchange.at(context)?.isInterrupted = true
        return proceed
    }

    private static let received: nl_recvmsg_msg_cb_t = { message, context in
        nl_msg_parse(
            message,
            { object, context in
                guard let object else { return }
                Exchange.at(context)?.visit?(object)
            }, context)
        return proceed
    }

    private static let failed: nl_recvmsg_err_cb_t = { _, error, context in
        guard let exchange = Exchange.at(context), let error else { return stop }
        let detail = rslab_nl_extended_ack_text(error).map { String(cString: $0) }
        exchange.outcome = .failed(code: 0 &- error.pointee.error, detail: detail)
        return stop
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        guard let context else { return nil }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    private static let proceed = Int32(bitPattern: NL_OK.rawValue)
    private static let skip = Int32(bitPattern: NL_SKIP.rawValue)
    private static let stop = Int32(bitPattern: NL_STOP.rawValue)
}
