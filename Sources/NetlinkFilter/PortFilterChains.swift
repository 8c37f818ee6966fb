// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import WireFormat

/// The chains of one port and direction.
///
/// Verdicts return to the hook's chain, where the frame's other port is judged; only a drop is final at once.
struct PortFilterChains {
    private static let icmp: UInt8 = 1
    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17
    private static let icmpv6: UInt8 = 58
    private static let etherTypes: [(AddressFamily, UInt16)] = [(.ipv4, 0x0800), (.ipv6, 0x86DD)]

    let filter: PortFilter
    let direction: PortFilter.Direction
    let table: PortFilterTable

    private var chain: String { PortFilterTable.chain(filter.port, direction) }

    private func counter(_ subject: PortCount.Subject) -> String { "\(chain)-\(subject.name)" }

    func put(into batch: inout FilterBatch) {
        let rules = filter.hasRules ? filter.rules(direction) : []
        for subject in rules.indices.map(PortCount.Subject.rule) + [.established, .refused, .foreign] {
            batch.addCounter(counter(subject), table: PortFilterTable.name)
        }
        batch.addChain(chain, table: PortFilterTable.name)
        if direction == .ingress, let linkAddress = filter.linkAddress {
            rule(chain, &batch) {
                $0.load(NFT_PAYLOAD_LL_HEADER, offset: 0, count: 6)
                $0.compare(NFT_CMP_NEQ, octets: linkAddress.octets)
                $0.comeBack()
            }
        }
        for (family, type) in Self.etherTypes {
            put(rules, family, into: &batch)
            batch.addRule(chain: chain, table: PortFilterTable.name) {
                $0.meta(NFT_META_PROTOCOL)
                $0.compare(NFT_CMP_EQ, type.bigEndian)
                $0.goTo(name(family))
            }
        }
    }

    private func name(_ family: AddressFamily, _ part: String = "") -> String {
        "\(chain)-\(family.rawValue)\(part)"
    }

    private func put(_ rules: [PortFilter.Rule], _ family: AddressFamily, into batch: inout FilterBatch) {
        let main = name(family)
        for part in ["", "-remember", "-refused", "-foreign"] {
            batch.addChain(name(family, part), table: PortFilterTable.name)
        }
        putRefusal(family, part: "-refused", isForeign: false, into: &batch)
        putRefusal(family, part: "-foreign", isForeign: true, into: &batch)
        if family == .ipv6 { putNeighborDiscovery(chain: main, into: &batch) }
        if filter.checksAddresses {
            rule(main, &batch) {
                $0.loadAddress(ofReceiver: direction == .ingress, family)
                for address in filter.addresses where address.family == family {
                    $0.compare(NFT_CMP_NEQ, octets: address.octets)
                }
                $0.goTo(name(family, "-foreign"))
            }
        }
        guard filter.hasRules else { return }
        for address in filter.exempt where address.family == family {
            rule(main, &batch) {
                $0.loadAddress(ofReceiver: direction == .egress, family)
                $0.compare(NFT_CMP_EQ, octets: address.octets)
                $0.comeBack()
            }
        }
        if !filter.isOpen(direction, family) { putEstablished(family, chain: main, into: &batch) }
        let remembers = !filter.isOpen(direction.opposite, family)
        if remembers { putRemembering(family, into: &batch) }
        for (index, entry) in rules.enumerated() {
            guard matches(entry, family) else { continue }
            rule(main, &batch) {
                put(entry, family, into: &$0)
                $0.count(in: counter(.rule(index)))
                if remembers { $0.goTo(name(family, "-remember")) } else { $0.comeBack() }
            }
        }
        if family == .ipv4 {
            // The first fragment of a datagram has been judged; the others have nothing to judge them by.
            rule(main, &batch) {
                $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: 6, count: 2)
                $0.mask(with: [0x1F, 0xFF])
                $0.compare(NFT_CMP_NEQ, UInt16(0))
                $0.comeBack()
            }
        }
        rule(main, &batch) { $0.goTo(name(family, "-refused")) }
    }

    private func rule(_ chain: String, _ batch: inout FilterBatch, _ body: (inout FilterBatch) -> Void) {
        batch.addRule(chain: chain, table: PortFilterTable.name, body)
    }

    // MARK: What a rule says

    private func matches(_ rule: PortFilter.Rule, _ family: AddressFamily) -> Bool {
        switch rule.peer {
        case .block(let block): block.family == family
        case .addresses(let addresses): addresses.contains { $0.family == family }
        }
    }

    private func put(_ rule: PortFilter.Rule, _ family: AddressFamily, into batch: inout FilterBatch) {
        switch rule.service {
        case .all: break
        case .transport(let number, let ports):
            batch.requireProtocol(number)
            if let ports {
                batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 2, count: 2)
                if ports.count == 1 {
                    batch.compare(NFT_CMP_EQ, ports.lowerBound.bigEndian)
                } else {
                    batch.compare(NFT_CMP_GTE, ports.lowerBound.bigEndian)
                    batch.compare(NFT_CMP_LTE, ports.upperBound.bigEndian)
                }
            }
        case .icmp(let number, let type, let code):
            batch.requireProtocol(number)
            for (offset, value) in [(UInt32(0), type), (1, code)] {
                guard let value else { continue }
                batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: offset, count: 1)
                batch.compare(NFT_CMP_EQ, value)
            }
        }
        let isReceiver = direction == .egress
        switch rule.peer {
        case .block(let block) where block.length == 0: break
        case .block(let block):
            batch.loadAddress(ofReceiver: isReceiver, family)
            if !block.isHost { batch.mask(with: Self.mask(block)) }
            batch.compare(NFT_CMP_EQ, octets: block.address.octets)
        case .addresses(let addresses):
            guard let set = table.addressSet(addresses, family) else { return }
            batch.loadAddress(ofReceiver: isReceiver, family)
            batch.lookUp(set)
        }
    }

    private static func mask(_ block: IPPrefix) -> [UInt8] {
        (0..<block.family.bitWidth / 8).map { octet in
            let bits = min(max(block.length - 8 * octet, 0), 8)
            return UInt8(truncatingIfNeeded: 0xFF00 >> bits)
        }
    }

    // MARK: Flows

    /// The key of a packet's flow, as seen from behind the port.
    private func putKey(
        _ family: AddressFamily, _ batch: inout FilterBatch,
        _ ports: (inout FilterBatch, PortFilterTable.FlowKey) -> Void
    ) {
        let key = PortFilterTable.FlowKey(family)
        batch.set(key.port, to: withUnsafeBytes(of: filter.port) { Array($0) })
        batch.loadAddress(ofReceiver: direction == .ingress, family, into: key.own)
        batch.loadAddress(ofReceiver: direction == .egress, family, into: key.peer)
        ports(&batch, key)
    }

    private static let nothing: [UInt8] = [0, 0, 0, 0]

    /// Reads both ports of TCP or UDP.
    private func loadPorts(_ batch: inout FilterBatch, _ key: PortFilterTable.FlowKey) {
        let isSender = direction == .egress
        batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: isSender ? 0 : 2, count: 2, into: key.ownPort)
        batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: isSender ? 2 : 0, count: 2, into: key.peerPort)
    }

    /// The identifier of an echo request or reply takes the place of both ports.
    private func loadIdentifier(_ batch: inout FilterBatch, _ key: PortFilterTable.FlowKey) {
        batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 4, count: 2, into: key.ownPort)
        batch.set(key.peerPort, to: Self.nothing)
    }

    private func loadNoPorts(_ batch: inout FilterBatch, _ key: PortFilterTable.FlowKey) {
        batch.set(key.ownPort, to: Self.nothing)
        batch.set(key.peerPort, to: Self.nothing)
    }

    private struct Protocols {
        let icmp: UInt8
        let request: UInt8
        let reply: UInt8
        let errors: ClosedRange<UInt8>
        /// The offsets, in the packet that an error is about, of protocol and addresses, and of its end.
        let inner: (ipProtocol: UInt32, source: UInt32, destination: UInt32, end: UInt32)

        init(_ family: AddressFamily) {
            switch family {
            case .ipv4:
                (icmp, request, reply, errors) = (PortFilterChains.icmp, 8, 0, 3...12)
                inner = (8 + 9, 8 + 12, 8 + 16, 8 + 20)
            case .ipv6:
                (icmp, request, reply, errors) = (PortFilterChains.icmpv6, 128, 129, 1...4)
                inner = (8 + 6, 8 + 8, 8 + 24, 8 + 40)
            }
        }
    }

    /// Each kind of flow: a check that ends the rule unless the protocol matches, how its ports are read, and its idle
    /// time.
    private func forEachKind(
        _ family: AddressFamily, echo: UInt8,
        _ body: (
            _ match: @escaping (inout FilterBatch) -> Void,
            _ ports: @escaping (inout FilterBatch, PortFilterTable.FlowKey) -> Void, _ idleSeconds: UInt64
        ) -> Void
    ) {
        let key = PortFilterTable.FlowKey(family).ipProtocol
        let icmp = Protocols(family).icmp
        for (number, seconds) in [
            (Self.tcp, PortFilterTable.IdleSeconds.tcp), (Self.udp, PortFilterTable.IdleSeconds.udp),
        ] {
            body({ $0.requireProtocol(number, into: key) }, loadPorts, seconds)
        }
        body(
            {
                $0.requireProtocol(icmp, into: key)
                $0.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, count: 1)
                $0.compare(NFT_CMP_EQ, echo)
            }, loadIdentifier, PortFilterTable.IdleSeconds.icmp)
        body(
            { batch in
                batch.meta(NFT_META_L4PROTO, into: key)
                for other in [Self.tcp, Self.udp, icmp] { batch.compare(NFT_CMP_NEQ, other, in: key) }
            }, loadNoPorts, PortFilterTable.IdleSeconds.other)
    }

    /// Accepts packets of a remembered flow, and renews its timeout.
    private func putEstablished(_ family: AddressFamily, chain: String, into batch: inout FilterBatch) {
        let flows = PortFilterTable.flows(family)
        let protocols = Protocols(family)
        forEachKind(family, echo: protocols.reply) { match, ports, seconds in
            rule(chain, &batch) { batch in
                match(&batch)
                putKey(family, &batch, ports)
                batch.lookUp(flows)
                batch.remember(in: flows, idleSeconds: seconds)
                batch.count(in: counter(.established))
                batch.comeBack()
            }
        }
        // An error about a packet that went the other way (RFC 792, RFC 4443): that packet begins after eight octets.
        for number in [Self.tcp, Self.udp, protocols.icmp] {
            rule(chain, &batch) { batch in
                putInnerKey(protocols, number, family, into: &batch)
                batch.lookUp(flows)
                batch.count(in: counter(.established))
                batch.comeBack()
            }
        }
    }

    private func putInnerKey(
        _ protocols: Protocols, _ number: UInt8, _ family: AddressFamily, into batch: inout FilterBatch
    ) {
        let key = PortFilterTable.FlowKey(family)
        let inner = protocols.inner
        let base = NFT_PAYLOAD_TRANSPORT_HEADER
        let width = 4 * key.words
        // An incoming error is about an outgoing packet.
        let isOwn = direction == .ingress
        batch.requireProtocol(protocols.icmp)
        batch.load(base, offset: 0, count: 1)
        batch.compare(NFT_CMP_GTE, protocols.errors.lowerBound)
        batch.compare(NFT_CMP_LTE, protocols.errors.upperBound)
        batch.load(base, offset: inner.ipProtocol, count: 1, into: key.ipProtocol)
        batch.compare(NFT_CMP_EQ, number, in: key.ipProtocol)
        if number == protocols.icmp {
            batch.load(base, offset: inner.end, count: 1)
            batch.compare(NFT_CMP_EQ, protocols.request)
            batch.load(base, offset: inner.end + 4, count: 2, into: key.ownPort)
            batch.set(key.peerPort, to: Self.nothing)
        } else {
            batch.load(base, offset: inner.end, count: 2, into: isOwn ? key.ownPort : key.peerPort)
            batch.load(base, offset: inner.end + 2, count: 2, into: isOwn ? key.peerPort : key.ownPort)
        }
        batch.set(key.port, to: withUnsafeBytes(of: filter.port) { Array($0) })
        batch.load(base, offset: inner.source, count: width, into: isOwn ? key.own : key.peer)
        batch.load(base, offset: inner.destination, count: width, into: isOwn ? key.peer : key.own)
    }

    /// Remembers the flow of a packet that a rule allowed, so that the other direction passes.
    private func putRemembering(_ family: AddressFamily, into batch: inout FilterBatch) {
        let chain = name(family, "-remember")
        forEachKind(family, echo: Protocols(family).request) { match, ports, seconds in
            rule(chain, &batch) { batch in
                match(&batch)
                putKey(family, &batch, ports)
                batch.remember(in: PortFilterTable.flows(family), idleSeconds: seconds)
                batch.comeBack()
            }
        }
    }

    // MARK: What is dropped, and what never is

    /// Counts a packet by kind and in the port's total, then drops it.
    private func putRefusal(_ family: AddressFamily, part: String, isForeign: Bool, into batch: inout FilterBatch) {
        let chain = name(family, part)
        let key = PortFilterTable.DropKey(family)
        let place = PortFilterTable.place(filter.port, direction, isForeign: isForeign)
        let icmp = Protocols(family).icmp
        // The offset of the selector; nil for protocols without one.
        let kinds: [(protocols: [UInt8], offset: UInt32?)] = [([Self.tcp, Self.udp], 2), ([icmp], 0), ([], nil)]
        for kind in kinds {
            for number in kind.protocols.isEmpty ? [nil] : kind.protocols.map(Optional.some) {
                rule(chain, &batch) { batch in
                    if let number {
                        batch.requireProtocol(number, into: key.ipProtocol)
                    } else {
                        batch.meta(NFT_META_L4PROTO, into: key.ipProtocol)
                        for other in [Self.tcp, Self.udp, icmp] {
                            batch.compare(NFT_CMP_NEQ, other, in: key.ipProtocol)
                        }
                    }
                    batch.set(key.place, to: withUnsafeBytes(of: place) { Array($0) })
                    batch.loadAddress(ofReceiver: false, family, into: key.source)
                    batch.loadAddress(ofReceiver: true, family, into: key.destination)
                    if let offset = kind.offset {
                        batch.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: offset, count: 2, into: key.selector)
                    } else {
                        batch.set(key.selector, to: Self.nothing)
                    }
                    batch.tally(in: PortFilterTable.drops(family))
                }
            }
        }
        rule(chain, &batch) {
            $0.count(in: counter(isForeign ? .foreign : .refused))
            $0.drop()
        }
    }

    /// Neighbour discovery and link-local packets are not filtered: a VPC answers them itself.
    private func putNeighborDiscovery(chain: String, into batch: inout FilterBatch) {
        // Multicast Listener Discovery to Redirect (RFC 2710, RFC 4861), and version 2 of the former (RFC 3810).
        for types in [130...137, 143...143] as [ClosedRange<UInt8>] {
            rule(chain, &batch) {
                $0.requireProtocol(Self.icmpv6)
                $0.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, count: 1)
                $0.compare(NFT_CMP_GTE, types.lowerBound)
                $0.compare(NFT_CMP_LTE, types.upperBound)
                $0.comeBack()
            }
        }
        // fe80::/10 (RFC 4291 section 2.5.6), as source or destination.
        for offset in [UInt32(8), 24] {
            rule(chain, &batch) {
                $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: offset, count: 2)
                $0.mask(with: [0xFF, 0xC0])
                $0.compare(NFT_CMP_EQ, UInt16(0xFE80).bigEndian)
                $0.comeBack()
            }
        }
    }
}

extension FilterBatch {
    /// Ends the rule unless the packet is of this transport protocol.
    fileprivate mutating func requireProtocol(_ number: UInt8, into register: Register = Register(0)) {
        meta(NFT_META_L4PROTO, into: register)
        compare(NFT_CMP_EQ, number, in: register)
    }

    fileprivate mutating func loadAddress(
        ofReceiver isReceiver: Bool, _ family: AddressFamily, into register: Register = Register(0)
    ) {
        switch family {
        case .ipv4: load(NFT_PAYLOAD_NETWORK_HEADER, offset: isReceiver ? 16 : 12, count: 4, into: register)
        case .ipv6: load(NFT_PAYLOAD_NETWORK_HEADER, offset: isReceiver ? 24 : 8, count: 16, into: register)
        }
    }
}
