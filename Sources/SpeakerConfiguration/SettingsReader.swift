// SPDX-License-Identifier: MIT-0
import BGP
import SourceText
import WireFormat

/// Converts a TOML document to settings and records errors in it.
struct SettingsReader {
    private let excerpt: SourceExcerpt
    private let keyPositions: KeyPositions
    private let outline: ConfigurationOutline
    private let log: FindingLog

    /// `file` is what findings call the file that the text stands in.
    init(_ excerpt: SourceExcerpt, file: String) {
        self.excerpt = excerpt
        outline = ConfigurationOutline(excerpt.text)
        keyPositions = KeyPositions(outline)
        log = FindingLog(file: file)
    }

    /// In the order of the text.
    var findings: [Finding] { log.findings }

    /// Nil if not even the global part exists.
    func read() -> SpeakerSettings? {
        if let defect = outline.firstDefect {
            note(.error, defect.position, "not valid TOML: \(defect.problem)")
            return nil
        }
        let root: ConfigurationNode
        switch ConfigurationNode.parse(excerpt.text) {
        case .success(let node): root = node
        case .failure(let error):
            note(.error, error.position, "not valid TOML: \(error.problem)")
            return nil
        }
        checkKeys(root, ConfigurationKey.top, at: [])
        var settings = global(Table(node: root, path: []))
        var seen: Set<IPAddress> = []
        for neighbor in tables("neighbors", in: Table(node: root, path: [])) {
            guard let (session, localAddress) = session(neighbor, settings) else { continue }
            if !seen.insert(session.peerAddress).inserted {
                error(neighbor.path, "neighbor \(session.peerAddress) appears more than once")
            }
            settings?.neighbors.append(session)
            if let localAddress { settings?.localAddresses[session.peerAddress] = localAddress }
        }
        if let all = settings {
            settings?.exportPrepends = exportPrepends(in: Table(node: root, path: []), for: all)
        }
        return settings
    }

    // MARK: Parts

    private func global(_ root: Table) -> SpeakerSettings? {
        guard let config = table("global", in: root).flatMap({ table("config", in: $0) }) else {
            error([], "there is no [global.config]")
            return nil
        }
        let asn = asn("as", in: config, isRequired: true)
        let routerID = routerID(in: config)
        let port = integer("port", in: config, range: -1...65535)
        let addresses = addresses("local-address-list", in: config)
        guard let asn, let routerID else { return nil }
        // GoBGP treats 0 as "not set".
        let listenPort: UInt16? =
            port == -1 ? nil : port.flatMap { $0 == 0 ? nil : UInt16($0) } ?? SpeakerSettings.defaultListenPort
        return SpeakerSettings(asn: asn, routerID: routerID, listenPort: listenPort, listenAddresses: addresses)
    }

    private func routerID(in config: Table) -> IPv4Address? {
        let path = config.path + ["router-id"]
        guard let value = config["router-id"] else {
            error(config.path, "global.config needs router-id")
            return nil
        }
        guard case .string(let text) = value, let routerID = IPv4Address(text), routerID != .any else {
            error(path, "router-id must be an IPv4 address, not \(value.kindName)")
            return nil
        }
        return routerID
    }

    private func session(
        _ neighbor: Table, _ settings: SpeakerSettings?
    ) -> (session: SessionConfiguration, localAddress: IPAddress?)? {
        guard let config = table("config", in: neighbor) else {
            error(neighbor.path, "a neighbor needs [neighbors.config]")
            return nil
        }
        let peerAddress = address("neighbor-address", in: config, isRequired: true)
        let peerASN = asn("peer-as", in: config, isRequired: true)
        let localASN = asn("local-as", in: config, isRequired: false) ?? settings?.asn
        let timers = table("timers", in: neighbor).flatMap { table("config", in: $0) }
        let transport = table("transport", in: neighbor).flatMap { table("config", in: $0) }
        let hold = timers.flatMap { integer("hold-time", in: $0, range: 0...65535) }
        let keepalive = timers.flatMap { integer("keepalive-interval", in: $0, range: 0...21845) }
        let retry = timers.flatMap { integer("connect-retry", in: $0, range: 0...65535) }
        let idleHold = timers.flatMap { integer("idle-hold-time-after-reset", in: $0, range: 0...65535) }
        let isPassive = transport.flatMap { boolean("passive-mode", in: $0) }
        let localAddress = transport.flatMap { address("local-address", in: $0, isRequired: false) }
        if let hold, hold == 1 || hold == 2, let timers {
            error(
                timers.path + ["hold-time"],
                "hold-time must be 0, or 3 seconds and more (RFC 4271 section 4.2), not \(hold)")
        }
        let families = families(of: neighbor, peer: peerAddress)
        guard let peerAddress, let peerASN, let localASN, let settings, let families else { return nil }
        var session = SessionConfiguration(
            localASN: localASN, peerASN: peerASN, routerID: settings.routerID, peerAddress: peerAddress,
            isPassive: isPassive ?? false, families: families)
        if let hold { session.holdTimeSeconds = UInt16(hold) }
        // In GoBGP 0 means a third of the hold time.
        if let keepalive, keepalive > 0 { session.keepaliveIntervalSeconds = UInt16(keepalive) }
        if let retry, retry > 0 { session.connectRetry = .seconds(retry) }
        if let idleHold, idleHold > 0 {
            session.idleHold = .seconds(idleHold)
        }
        // GoBGP's pause does not grow either; if it did, each trial of a run would depend on the earlier ones.
        session.idleHoldMax = session.idleHold
        if let localAddress, localAddress.family != peerAddress.family, let transport {
            error(
                transport.path + ["local-address"],
                "local-address \(localAddress) cannot reach neighbor \(peerAddress): another address family")
        }
        return (session, localAddress)
    }

    /// The families of a neighbour: those listed, or that of its address; nil if none of the listed ones is supported.
    private func families(of neighbor: Table, peer: IPAddress?) -> [AddressFamily]? {
        let listed = tables("afi-safis", in: neighbor)
        guard !listed.isEmpty else { return [peer?.family ?? .ipv4] }
        var families: [AddressFamily] = []
        for table in listed {
            guard let config = self.table("config", in: table), let value = config["afi-safi-name"] else {
                error(table.path, "an afi-safi needs config.afi-safi-name")
                continue
            }
            let path = config.path + ["afi-safi-name"]
            guard case .string(let name) = value else {
                error(path, "afi-safi-name must be a text, not \(value.kindName)")
                continue
            }
            switch name {
            case "ipv4-unicast": families.append(.ipv4)
            case "ipv6-unicast": families.append(.ipv6)
            case let name where Self.unspokenFamilies.contains(name):
                note(.warning, keyPositions[path], "\(name) is not supported here")
            default:
                let known = ["ipv4-unicast", "ipv6-unicast"] + Self.unspokenFamilies
                error(path, "unknown afi-safi-name '\(name)'\(suggestion(for: name, among: known))")
            }
        }
        if families.isEmpty {
            error(neighbor.path, "the neighbor is left without an address family")
            return nil
        }
        return families
    }

    private static let unspokenFamilies = [
        "ipv4-encap", "ipv4-flowspec", "ipv4-labelled-unicast", "ipv4-multicast", "ipv4-srpolicy", "ipv6-encap",
        "ipv6-flowspec", "ipv6-labelled-unicast", "ipv6-multicast", "ipv6-srpolicy", "l2vpn-evpn", "l2vpn-flowspec",
        "l2vpn-vpls", "l3vpn-ipv4-flowspec", "l3vpn-ipv4-multicast", "l3vpn-ipv4-unicast", "l3vpn-ipv6-flowspec",
        "l3vpn-ipv6-multicast", "l3vpn-ipv6-unicast", "ls", "opaque", "rtc",
    ]

    // MARK: Keys

    private func checkKeys(_ node: ConfigurationNode, _ known: [String: ConfigurationKey], at path: [String]) {
        guard case .table(let entries) = node else { return }
        for (key, value) in entries {
            let path = path + [key]
            switch known[key] {
            case nil:
                error(path, "unknown key '\(key)'\(suggestion(for: key, among: known.keys))")
            case .value, .silent: break
            case .withoutEffect:
                note(.warning, keyPositions[path], "\(key) has no effect here")
            case .table(let inner):
                guard case .table = value else {
                    error(path, "\(key) must be a table, not \(value.kindName)")
                    continue
                }
                checkKeys(value, inner, at: path)
            case .tables(let inner):
                guard case .list(let elements) = value else {
                    error(path, "\(key) must be tables: write [[\(key)]]")
                    continue
                }
                for (index, element) in elements.enumerated() {
                    checkKeys(element, inner, at: path.dropLast() + ["\(key)[\(index)]"])
                }
            }
        }
    }

    // MARK: Values

    /// A table with its path, which gives its line.
    struct Table {
        var node: ConfigurationNode
        var path: [String]

        subscript(key: String) -> ConfigurationNode? {
            guard case .table(let entries) = node else { return nil }
            return entries.first { $0.key == key }?.value
        }
    }

    func table(_ key: String, in table: Table) -> Table? {
        guard let node = table[key], case .table = node else { return nil }
        return Table(node: node, path: table.path + [key])
    }

    func tables(_ key: String, in table: Table) -> [Table] {
        guard case .list(let elements) = table[key] else { return [] }
        return elements.enumerated().map { Table(node: $1, path: table.path + ["\(key)[\($0)]"]) }
    }

    func integer(_ key: String, in table: Table, range: ClosedRange<Int>) -> Int? {
        guard let value = table[key] else { return nil }
        guard case .integer(let number) = value, range.contains(number) else {
            error(
                table.path + [key],
                "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(value.kindName)")
            return nil
        }
        return number
    }

    private func asn(_ key: String, in table: Table, isRequired: Bool) -> ASN? {
        guard table[key] != nil else {
            if isRequired { error(table.path, "\(Self.plain(table.path)) needs \(key)") }
            return nil
        }
        return integer(key, in: table, range: 1...4_294_967_295).map { ASN(UInt32($0)) }
    }

    private func boolean(_ key: String, in table: Table) -> Bool? {
        guard let value = table[key] else { return nil }
        guard case .boolean(let flag) = value else {
            error(table.path + [key], "\(key) must be true or false, not \(value.kindName)")
            return nil
        }
        return flag
    }

    private func address(_ key: String, in table: Table, isRequired: Bool) -> IPAddress? {
        guard let value = table[key] else {
            if isRequired { error(table.path, "\(Self.plain(table.path)) needs \(key)") }
            return nil
        }
        guard case .string(let text) = value, let address = IPAddress(text), !address.isUnspecified else {
            error(table.path + [key], "\(key) must be an IP address, not \(value.kindName)")
            return nil
        }
        return address
    }

    private func addresses(_ key: String, in table: Table) -> [IPAddress] {
        guard let value = table[key] else { return [] }
        guard case .list(let elements) = value else {
            error(table.path + [key], "\(key) must be a list of IP addresses, not \(value.kindName)")
            return []
        }
        var addresses: [IPAddress] = []
        for element in elements {
            if case .string(let text) = element, let address = IPAddress(text) {
                addresses.append(address)
            } else {
                error(table.path + [key], "\(key) must be a list of IP addresses; one is \(element.kindName)")
            }
        }
        return addresses
    }

    /// `neighbors[0].config` in readable form.
    private static func plain(_ path: [String]) -> String {
        path.map { $0.prefix { $0 != "[" } }.joined(separator: ".")
    }

    func error(_ path: [String], _ message: String) {
        note(.error, keyPositions[path], message)
    }

    /// Takes a place in the text, and stores that in the file.
    private func note(_ severity: Finding.Severity, _ place: SourcePosition, _ message: String) {
        log.add(severity, excerpt.position(line: place.line, column: place.column ?? 1), message)
    }
}
