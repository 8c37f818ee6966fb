// SPDX-License-Identifier: MIT-0
import CLinux
import Glibc
import LabHost
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// How a route server's endpoints must behave on the wire, and the kernel parameters that achieve it.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct LabLifecycleEndpointTests {
    private static let name = "test-endpoint-\(getpid())"
    private static let instance = "instance-rs-az1"

    /// A link of a node with its one IPv4 address.
    private struct Link {
        var name: String
        var macAddress: String
        var address: String
        var index: Int32
    }

    private func links(of node: String, in lab: LifecycleLab) throws -> [Link] {
        try lab.rows("exec", node, "--", "ip", "-j", "-4", "address", "show").compactMap { row in
            let addresses = row["addr_info"] as? [[String: Any]] ?? []
            guard let name = row["ifname"] as? String, name != "lo", let address = addresses.first?["local"] as? String
            else { return nil }
            let link = try #require(try lab.rows("exec", node, "--", "ip", "-j", "link", "show", "dev", name).first)
            return Link(
                name: name, macAddress: try #require(link["address"] as? String), address: address,
                index: Int32(try #require(link["ifindex"] as? Int)))
        }
    }

    @Test func `each endpoint refuses a connection when no route server listens`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        let servers = try InitClient(connectingTo: RunDirectory(labName: Self.name).initSocket).running()
        let server = try #require(servers.first { $0.name == "rs" })
        try server.handle.send(signal: SIGKILL)
        try #require(try server.handle.waitForEnd(until: .now + .seconds(10)))
        for (instance, prefix) in [(Self.instance, "10.0.1."), ("instance-rs-az2", "10.0.2.")] {
            let endpoints = try links(of: "rs", in: lab).map(\.address).filter { $0.hasPrefix(prefix) }
            try #require(endpoints.count == 2)
            for endpoint in endpoints {
                let address = try #require(IPAddress(endpoint))
                let code = try lab.namespace(instance).namespace.perform { () throws(SystemError) -> Int32 in
                    let socket = try StreamSocket.dial(address: address, port: 179, from: nil)
                    // The kernel of the endpoint's namespace resets the connection.
                    try checked(
                        "wait for", "answer",
                        rslab_wait_readable_until(socket.descriptor.rawValue, (Instant.now + .seconds(3)).nanoseconds))
                    return socket.connectionError()
                }
                #expect(code == ECONNREFUSED, "\(endpoint) from \(instance)")
            }
        }
    }

    @Test func `each endpoint's address is answered only by its own link`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        let own = try #require(try links(of: Self.instance, in: lab).first)
        let endpoints = try links(of: "rs", in: lab).filter { $0.address.hasPrefix("10.0.1.") }
        try #require(endpoints.count == 2)
        let tap = try PacketTap(
            in: try lab.namespace(Self.instance).namespace, index: own.index, protocol: PacketTap.arp)
        for endpoint in endpoints {
            _ = tap.frames(for: .zero)
            try tap.send(arpRequest(from: own, for: endpoint.address))
            let wanted = try #require(IPAddress(endpoint.address)).octets
            // Operation 2 is a reply; the sender's addresses are at 22 and 28 (RFC 826).
            let replies = tap.frames(for: .milliseconds(200)).filter {
                $0.count >= 42 && $0[20...21] == [0, 2] && Array($0[28..<32]) == wanted
            }
            #expect(replies.map { macAddress($0[22..<28]) } == [endpoint.macAddress], "\(endpoint)")
            #expect(replies.map { macAddress($0[6..<12]) } == [endpoint.macAddress], "\(endpoint)")
        }
        // The kernel itself has learnt the same.
        let neighbors = try lab.rows("exec", Self.instance, "--", "ip", "-j", "neighbor", "show")
        for endpoint in endpoints {
            let known = neighbors.filter { $0["dst"] as? String == endpoint.address }
            #expect(known.map { $0["lladdr"] as? String } == [endpoint.macAddress])
        }
    }

    private func arpRequest(from own: Link, for address: String) throws -> [UInt8] {
        let macAddress = own.macAddress.split(separator: ":").compactMap { UInt8($0, radix: 16) }
        var frame = [UInt8](repeating: 0xFF, count: 6) + macAddress + [0x08, 0x06]
        // Ethernet, IPv4, lengths 6 and 4, request.
        frame += [0, 1, 0x08, 0, 6, 4, 0, 1] + macAddress + (try #require(IPAddress(own.address)).octets)
        return frame + [UInt8](repeating: 0, count: 6) + (try #require(IPAddress(address)).octets)
    }

    private func macAddress(_ octets: ArraySlice<UInt8>) -> String {
        octets.map { octet in (octet < 16 ? "0" : "") + String(octet, radix: 16) }.joined(separator: ":")
    }

    @Test func `sessions run between an instance and each endpoint's own address and link, one hop far`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        let endpoints = try links(of: "rs", in: lab)
        try #require(endpoints.count == 4)
        let sockets = try lab.succeed("exec", "rs", "--", "ss", "-Htn", "state", "established")
            .split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(
            Set(sockets.map { String($0[2]) }) == Set(endpoints.map { "\($0.address)%\($0.name):179" }))
        #expect(sockets.count == 4)

        // The speaker redials while its link is captured.
        let own = try #require(try links(of: Self.instance, in: lab).first)
        let tap = try PacketTap(
            in: try lab.namespace(Self.instance).namespace, index: own.index, protocol: PacketTap.all)
        try lab.succeed("failover", "--fault", "crash")
        try lab.succeed("restore")
        let segments = tap.frames(for: .zero).compactMap(Segment.init).filter { $0.isBGP }
        let ownAddress = try #require(IPAddress(own.address)).octets
        for endpoint in endpoints where endpoint.address.hasPrefix("10.0.1.") {
            let address = try #require(IPAddress(endpoint.address)).octets
            let sent = segments.filter { $0.source == ownAddress && $0.destination == address }
            #expect(sent.contains { $0.isFirst && $0.destinationPort == 179 }, "to \(endpoint.address)")
            let received = segments.filter { $0.source == address && $0.destination == ownAddress }
            #expect(!received.isEmpty, "from \(endpoint.address)")
            let tooFar = (ofSockets(sent) + ofSockets(received)).filter { $0.timeToLive != 1 }
            #expect(tooFar.isEmpty, "\(endpoint.address): \(tooFar)")
            #expect(Set(received.map(\.sourceMACAddress).map { macAddress($0[...]) }) == [endpoint.macAddress])
        }
        let status = try lab.run("status", "--json").json
        #expect(status["sessions_established"] as? Int == 4)
    }

    /// Without what the kernel sends for a closed socket, which has the default TTL: resets, and, once the FIN is
    /// acknowledged, the acknowledgement of the other side's.
    private func ofSockets(_ segments: [Segment]) -> [Segment] {
        var closedPorts: Set<UInt16> = []
        return segments.filter { segment in
            let isOfClosed = segment.isAcknowledgementOnly && closedPorts.contains(segment.sourcePort)
            if segment.isLast { closedPorts.insert(segment.sourcePort) }
            return !segment.isReset && !isOfClosed
        }
    }

    /// A TCP segment in an IPv4 packet without options, in an Ethernet frame.
    private struct Segment {
        var sourceMACAddress: [UInt8]
        var timeToLive: UInt8
        var source: [UInt8]
        var destination: [UInt8]
        var sourcePort: UInt16
        var destinationPort: UInt16
        var flags: UInt8

        init?(_ frame: [UInt8]) {
            guard frame.count >= 54, frame[12] == 0x08, frame[13] == 0, frame[14] == 0x45, frame[23] == 6 else {
                return nil
            }
            sourceMACAddress = Array(frame[6..<12])
            timeToLive = frame[22]
            source = Array(frame[26..<30])
            destination = Array(frame[30..<34])
            sourcePort = UInt16(frame[34]) << 8 | UInt16(frame[35])
            destinationPort = UInt16(frame[36]) << 8 | UInt16(frame[37])
            flags = frame[47]
        }

        var isBGP: Bool { sourcePort == 179 || destinationPort == 179 }
        /// SYN without ACK.
        var isFirst: Bool { flags & 0x12 == 0x02 }
        var isReset: Bool { flags & 0x04 != 0 }
        var isLast: Bool { flags & 0x01 != 0 }
        var isAcknowledgementOnly: Bool { flags == 0x10 }
    }

    // MARK: Kernel parameters

    @Test func `every namespace and every link in it has the parameters of its role`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        let status = try lab.run("status", "--json").json
        let nodes = try #require(status["nodes"] as? [[String: Any]])
        try #require(nodes.count == 9)
        for node in nodes {
            let name = try #require(node["name"] as? String)
            let role = try #require(node["role"] as? String)
            let parameters = try lab.namespace(name).namespace.perform { () throws(SystemError) in
                try Parameters.read()
            }
            let links = parameters.links
            #expect(links.contains("lo"), "\(name)")
            #expect(links.count > 1, "\(name)")
            #expect(parameters["ip_forward"] == (role == "vpc" ? "1" : "0"), "\(name)")
            for link in links + ["all", "default"] where link != "lo" {
                #expect(parameters["\(link)/rp_filter"] == "0", "\(name) \(link)")
                if role == "route-server" {
                    #expect(parameters["\(link)/arp_ignore"] == "1", "\(name) \(link)")
                    #expect(parameters["\(link)/arp_announce"] == "2", "\(name) \(link)")
                }
                if role == "vpc" {
                    #expect(parameters["\(link)/send_redirects"] == "0", "\(name) \(link)")
                }
            }
            guard role == "subnet" else { continue }
            // Exists only if the kernel has br_netfilter.
            for parameter in ["iptables", "ip6tables", "arptables"] {
                #expect([nil, "0"].contains(parameters["bridge-nf-call-\(parameter)"]), "\(name)")
            }
        }
    }

    /// The kernel parameters of the namespace that the calling thread is in.
    private struct Parameters: Sendable {
        private var values: [String: String] = [:]
        var links: [String] = []

        subscript(name: String) -> String? { values[name] }

        static func read() throws(SystemError) -> Parameters {
            var parameters = Parameters()
            parameters.values["ip_forward"] = try kernelParameter("net/ipv4/ip_forward")
            for name in namesInDirectory("/proc/sys/net/bridge") {
                parameters.values[name] = try kernelParameter("net/bridge/\(name)")
            }
            for link in namesInDirectory("/proc/sys/net/ipv4/conf") {
                for name in ["rp_filter", "arp_ignore", "arp_announce", "send_redirects"] {
                    parameters.values["\(link)/\(name)"] = try kernelParameter("net/ipv4/conf/\(link)/\(name)")
                }
                if link != "all", link != "default" { parameters.links.append(link) }
            }
            return parameters
        }
    }
}
