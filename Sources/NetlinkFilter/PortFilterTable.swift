// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import WireFormat

/// The table that enforces the filters of a bridge's ports, in nf_tables terms.
///
/// Bridges have no connection tracking of their own in most kernels (CONFIG_NF_CONNTRACK_BRIDGE), and a flow belongs to
/// one port here. So flows are elements of a set: a key of port, protocol, addresses and ports as seen from behind the
/// port, which expires when idle for long. One hook, forwarding, sees each frame once, with both of its ports.
struct PortFilterTable {
    typealias Register = FilterBatch.Register

    /// Of the bridge family; a fault's tables are of another.
    static let name = "rslab-interfaces"

    /// How long a flow may be idle.
    ///
    /// TCP, UDP as a stream, and other protocols: Amazon EC2 User Guide, "Security group connection tracking". ICMP: assumed.
    enum IdleSeconds {
        static let tcp: UInt64 = 432_000
        static let udp: UInt64 = 180
        static let icmp: UInt64 = 30
        static let other: UInt64 = 600
    }

    /// How many kinds of dropped packet are distinguished in one subnet; further kinds are counted together.
    private static let distinctDropsMax: UInt32 = 4096

    /// The forwarding hook of bridges (NF_BR_FORWARD).
    private static let forwardHook: UInt32 = 2
    private static let senders = "egress-ports"
    private static let receivers = "ingress-ports"

    private let filters: [PortFilter]
    /// Sets of addresses that rules refer to, each one once.
    private var addressSets: [[IPAddress]: String] = [:]

    init(_ filters: [PortFilter]) {
        self.filters = filters
        for filter in filters {
            for rule in filter.ingress + filter.egress {
                guard case .addresses(let addresses) = rule.peer else { continue }
                for family in AddressFamily.allCases {
                    let some = addresses.filter { $0.family == family }
                    if !some.isEmpty, addressSets[some] == nil { addressSets[some] = "addresses-\(addressSets.count)" }
                }
            }
        }
    }

    func addressSet(_ addresses: [IPAddress], _ family: AddressFamily) -> String? {
        addressSets[addresses.filter { $0.family == family }]
    }

    /// Writes requests that add the table, or replace the earlier one, whose flows continue.
    ///
    /// A table that may not be there is not deleted just in case: after any deletion the kernel waits for all its
    /// processors before it lets the socket be closed.
    func put(
        into batch: inout FilterBatch, replacingEarlier: Bool, flows: [AddressFamily: [FilterBatch.Element]]
    ) {
        if replacingEarlier { batch.deleteTable(Self.name) }
        guard !filters.isEmpty else { return }
        batch.addTable(Self.name)
        putSets(into: &batch)
        for (family, elements) in flows { batch.addElements(elements, to: Self.flows(family), table: Self.name) }
        for filter in filters {
            for direction in PortFilter.Direction.allCases {
                PortFilterChains(filter: filter, direction: direction, table: self).put(into: &batch)
            }
        }
        for (map, direction) in [(Self.senders, PortFilter.Direction.egress), (Self.receivers, .ingress)] {
            batch.addElements(
                filters.map { filter in
                    FilterBatch.Element(
                        key: withUnsafeBytes(of: filter.port) { Array($0) }, chain: Self.chain(filter.port, direction))
                }, to: map, table: Self.name)
        }
        batch.addBaseChain("forward", hook: Self.forwardHook, table: Self.name)
        for (map, key) in [(Self.senders, NFT_META_IIF), (Self.receivers, NFT_META_OIF)] {
            batch.addRule(chain: "forward", table: Self.name) {
                $0.meta(key)
                $0.followMap(map)
            }
        }
    }

    private func putSets(into batch: inout FilterBatch) {
        var number: UInt32 = 0
        func add(_ name: String, _ octets: Int, _ flags: UInt32, sizeMax: UInt32? = nil) {
            number += 1
            batch.addSet(
                name, number: number, keyOctets: octets, flags: flags, sizeMax: sizeMax, table: Self.name)
        }
        add(Self.senders, 4, NFT_SET_MAP.rawValue)
        add(Self.receivers, 4, NFT_SET_MAP.rawValue)
        for family in AddressFamily.allCases {
            add(Self.flows(family), FlowKey(family).octets, NFT_SET_EVAL.rawValue | NFT_SET_TIMEOUT.rawValue)
            add(
                Self.drops(family), DropKey(family).octets, NFT_SET_EVAL.rawValue, sizeMax: Self.distinctDropsMax)
        }
        for (addresses, name) in addressSets.sorted(by: { $0.value < $1.value }) {
            add(name, addresses[0].octets.count, 0)
            batch.addElements(addresses.map { FilterBatch.Element(key: $0.octets) }, to: name, table: Self.name)
        }
    }

    // MARK: Names and keys

    static func chain(_ port: UInt32, _ direction: PortFilter.Direction) -> String {
        "\(direction.rawValue)-\(port)"
    }

    static func flows(_ family: AddressFamily) -> String { "flows-\(family.rawValue)" }
    static func drops(_ family: AddressFamily) -> String { "drops-\(family.rawValue)" }

    /// The registers that hold the parts of a flow's key.
    struct FlowKey {
        let words: UInt32
        init(_ family: AddressFamily) { words = family == .ipv4 ? 1 : 4 }
        var port: Register { Register(0) }
        var ipProtocol: Register { Register(1) }
        var own: Register { Register(2) }
        var peer: Register { Register(2 + words) }
        var ownPort: Register { Register(2 + 2 * words) }
        var peerPort: Register { Register(3 + 2 * words) }
        var octets: Int { 4 * Int(4 + 2 * words) }
    }

    /// The registers that hold the parts of the key by which drops are distinguished.
    struct DropKey {
        let words: UInt32
        init(_ family: AddressFamily) { words = family == .ipv4 ? 1 : 4 }
        /// The port's index, then one bit for the direction and one for the reason.
        var place: Register { Register(0) }
        var ipProtocol: Register { Register(1) }
        var source: Register { Register(2) }
        var destination: Register { Register(2 + words) }
        var selector: Register { Register(2 + 2 * words) }
        var octets: Int { 4 * Int(3 + 2 * words) }
    }

    static func place(_ port: UInt32, _ direction: PortFilter.Direction, isForeign: Bool) -> UInt32 {
        port << 2 | (direction == .egress ? 2 : 0) | (isForeign ? 1 : 0)
    }
}

extension PortCount.Subject {
    /// The end of a counter's name, after port and direction.
    var name: String {
        switch self {
        case .rule(let index): "rule-\(index)"
        case .established: "established"
        case .refused: "refused"
        case .foreign: "foreign"
        }
    }

    init?(name: Substring) {
        switch name {
        case "established": self = .established
        case "refused": self = .refused
        case "foreign": self = .foreign
        default:
            guard name.hasPrefix("rule-"), let index = Int(name.dropFirst(5)) else { return nil }
            self = .rule(index)
        }
    }
}
