// SPDX-License-Identifier: MIT-0
package import CLibmnl

/// Reusable memory in which netlink messages are built and read.
package struct NetlinkBuffer: ~Copyable {
    package let start: UnsafeMutableRawPointer
    package let octets: Int

    package init(octets: Int) {
        // Aligned for the headers, which are C structs of 32-bit words.
        start = .allocate(byteCount: octets, alignment: 16)
        self.octets = octets
    }

    deinit {
        start.deallocate()
    }
}

/// Calls `body` for each complete message of a datagram; truncated messages are left out.
package func forEachMessage(
    in buffer: borrowing NetlinkBuffer, _ received: Int, _ body: (UnsafePointer<nlmsghdr>) -> Void
) {
    var left = Int32(clamping: received)
    var header = UnsafePointer(buffer.start.assumingMemoryBound(to: nlmsghdr.self))
    while mnl_nlmsg_ok(header, left) {
        body(header)
        guard let next = mnl_nlmsg_next(header, &left) else { return }
        header = UnsafePointer(next)
    }
}
