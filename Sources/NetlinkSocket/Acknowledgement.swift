// SPDX-License-Identifier: MIT-0
package import CLibmnl

/// The end of a request: 0 or a positive errno, and the kernel's own text.
package struct Acknowledgement {
    package let code: Int32
    package let detail: String?

    /// Reads an NLMSG_ERROR, or the NLMSG_DONE of a dump; nil for any other message type.
    package init?(_ header: UnsafePointer<nlmsghdr>) {
        let length = mnl_nlmsg_get_payload_len(header)
        guard let payload = mnl_nlmsg_get_payload(header) else { return nil }
        switch Int32(header.pointee.nlmsg_type) {
        case NLMSG_ERROR:
            guard length >= MemoryLayout<nlmsgerr>.size else { return nil }
            code = 0 &- payload.loadUnaligned(as: Int32.self)
            detail = rslab_mnl_extended_ack_text(header).map { String(cString: $0) }
        case NLMSG_DONE:
            // A dump that fails half-way reports it here.
            code = length >= 4 ? 0 &- payload.loadUnaligned(as: Int32.self) : 0
            detail = nil
        default:
            return nil
        }
    }
}
