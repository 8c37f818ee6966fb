// SPDX-License-Identifier: MIT-0
package import CLibmnl

/// Calls `body` for each complete attribute that follows a message's family header.
package func forEachAttribute(
    _ header: UnsafePointer<nlmsghdr>, after headerLength: Int,
    _ body: (_ type: UInt32, _ value: UnsafeRawBufferPointer) -> Void
) {
    guard let start = mnl_nlmsg_get_payload_offset(header, headerLength), let end = mnl_nlmsg_get_payload_tail(header),
        start < end
    else { return }
    forEachAttribute(in: UnsafeRawBufferPointer(start: start, count: end - start), body)
}

/// Calls `body` for each complete attribute inside a nested attribute.
package func forEachAttribute(
    in nest: UnsafeRawBufferPointer, _ body: (_ type: UInt32, _ value: UnsafeRawBufferPointer) -> Void
) {
    guard var position = nest.baseAddress else { return }
    let end = position + nest.count
    while position < end {
        let attribute = position.assumingMemoryBound(to: nlattr.self)
        guard mnl_attr_ok(attribute, Int32(clamping: end - position)) else { return }
        let value = UnsafeRawBufferPointer(
            start: mnl_attr_get_payload(attribute), count: Int(mnl_attr_get_payload_len(attribute)))
        body(UInt32(mnl_attr_get_type(attribute)), value)
        guard let next = mnl_attr_next(attribute) else { return }
        position = UnsafeRawPointer(next)
    }
}
