// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
internal import NetlinkSocket
internal import WireFormat

/// Filters the ports of a namespace's bridge, and reports what passed and what was dropped.
package struct PortFilterSocket: ~Copyable {
    private static let family = UInt8(NFPROTO_BRIDGE)

    private var exchange: FilterExchange

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        exchange = try FilterExchange(in: namespace, octets: 16 << 20)
    }

    /// Replaces all earlier filters in one transaction.
    ///
    /// Flows that were allowed continue, as on AWS ("Security group connection tracking"); counts restart from 0.
    /// - Throws: EOPNOTSUPP if the kernel has no nf_tables for bridges.
    package mutating func enforce(_ filters: [PortFilter]) throws(SystemError) {
        var flows: [AddressFamily: [FilterBatch.Element]] = [:]
        var isReplacing = false
        for family in AddressFamily.allCases {
            var elements: [FilterBatch.Element] = []
            isReplacing = try forEachElement(of: PortFilterTable.flows(family)) { element in
                var flow = FilterBatch.Element(key: [])
                forEachAttribute(in: element) { type, value in
                    switch type {
                    case NFTA_SET_ELEM_KEY.rawValue: flow.key = Self.key(value)
                    case NFTA_SET_ELEM_TIMEOUT.rawValue: flow.timeout = Array(value)
                    default: break
                    }
                }
                if !flow.key.isEmpty { elements.append(flow) }
            }
            flows[family] = elements
        }
        guard isReplacing || !filters.isEmpty else { return }
        let table = PortFilterTable(filters)
        try exchange.commit(family: Self.family, operation: "filter ports of a bridge") {
            table.put(into: &$0, replacingEarlier: isReplacing, flows: flows)
        }
    }

    /// How often each rule was applied; empty if nothing is filtered.
    package mutating func counts() throws(SystemError) -> [PortCount] {
        var counts: [PortCount] = []
        try exchange.list(
            NFT_MSG_GETOBJ, family: Self.family, operation: "read counters",
            [(NFTA_OBJ_TABLE.rawValue, Self.text(PortFilterTable.name))]
        ) { header in
            var name = ""
            var packets: UInt64 = 0
            var octets: UInt64 = 0
            forEachAttribute(header, after: MemoryLayout<nfgenmsg>.size) { type, value in
                switch type {
                case NFTA_OBJ_NAME.rawValue: name = Self.text(value)
                case NFTA_OBJ_DATA.rawValue: (packets, octets) = Self.counter(value)
                default: break
                }
            }
            guard let count = Self.count(name, packets: packets, octets: octets) else { return }
            counts.append(count)
        }
        return counts
    }

    /// Everything that was dropped, similar packets counted as one.
    package mutating func drops() throws(SystemError) -> [PortDrop] {
        var drops: [PortDrop] = []
        for family in AddressFamily.allCases {
            try forEachElement(of: PortFilterTable.drops(family)) { element in
                if let drop = Self.drop(element, family) { drops.append(drop) }
            }
        }
        return drops
    }

    // MARK: Reading

    /// Calls `body` for each element of a set; false if there is no such set, since nothing is filtered.
    @discardableResult
    private mutating func forEachElement(
        of set: String, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try exchange.list(
                NFT_MSG_GETSETELEM, family: Self.family, operation: "read elements",
                [
                    (NFTA_SET_ELEM_LIST_TABLE.rawValue, Self.text(PortFilterTable.name)),
                    (NFTA_SET_ELEM_LIST_SET.rawValue, Self.text(set)),
                ]
            ) { header in
                forEachAttribute(header, after: MemoryLayout<nfgenmsg>.size) { type, value in
                    guard type == NFTA_SET_ELEM_LIST_ELEMENTS.rawValue else { return }
                    forEachAttribute(in: value) { _, element in body(element) }
                }
            }
            return true
        } catch {
            guard error.code == ENOENT else { throw error }
            return false
        }
    }

    private static func key(_ value: UnsafeRawBufferPointer) -> [UInt8] {
        var key: [UInt8] = []
        forEachAttribute(in: value) { if $0 == NFTA_DATA_VALUE.rawValue { key = Array($1) } }
        return key
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static func text(_ value: UnsafeRawBufferPointer) -> String {
        String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func number(_ value: UnsafeRawBufferPointer) -> UInt64 {
        value.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func counter(_ value: UnsafeRawBufferPointer) -> (packets: UInt64, octets: UInt64) {
        var counter: (packets: UInt64, octets: UInt64) = (0, 0)
        forEachAttribute(in: value) { type, value in
            switch type {
            case NFTA_COUNTER_PACKETS.rawValue: counter.packets = number(value)
            case NFTA_COUNTER_BYTES.rawValue: counter.octets = number(value)
            default: break
            }
        }
        return counter
    }

    /// Parses `DIRECTION-PORT-SUBJECT`.
    private static func count(_ name: String, packets: UInt64, octets: UInt64) -> PortCount? {
        let parts = name.split(separator: "-", maxSplits: 2)
        guard parts.count == 3, let direction = PortFilter.Direction(rawValue: String(parts[0])),
            let port = UInt32(parts[1]), let subject = PortCount.Subject(name: parts[2])
        else { return nil }
        return PortCount(port: port, direction: direction, subject: subject, packets: packets, octets: octets)
    }

    private static func drop(_ element: UnsafeRawBufferPointer, _ family: AddressFamily) -> PortDrop? {
        var key: [UInt8] = []
        var packets: UInt64 = 0
        forEachAttribute(in: element) { type, value in
            switch type {
            case NFTA_SET_ELEM_KEY.rawValue:
                key = Self.key(value)
            case NFTA_SET_ELEM_EXPR.rawValue:
                forEachAttribute(in: value) { if $0 == NFTA_EXPR_DATA.rawValue { packets = counter($1).packets } }
            default: break
            }
        }
        let layout = PortFilterTable.DropKey(family)
        guard key.count == layout.octets else { return nil }
        func octets(_ register: FilterBatch.Register, _ count: Int) -> ArraySlice<UInt8> {
            key[Int(4 * register.number)..<Int(4 * register.number) + count]
        }
        let place = octets(layout.place, 4).withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        let addressOctets = 4 * Int(layout.words)
        guard let source = IPAddress(octets: octets(layout.source, addressOctets)),
            let destination = IPAddress(octets: octets(layout.destination, addressOctets))
        else { return nil }
        let ipProtocol = octets(layout.ipProtocol, 1).first ?? 0
        let selector = octets(layout.selector, 2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        return PortDrop(
            port: place >> 2, direction: place & 2 == 0 ? .ingress : .egress, isForeign: place & 1 != 0,
            ipProtocol: ipProtocol, source: source, destination: destination,
            selector: [1, 6, 17, 58].contains(ipProtocol) ? selector : nil, packets: packets)
    }
}
