// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LabModel
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// The lab of the built-in template with much more in it.
    @Suite(.timeLimit(.minutes(3)))
    struct LargeLabTests {
        private static let instanceCount = 70
        /// Names already used by a lab or the kernel; the first instances have them.
        private static let takenNames = ["all", "bridge0", "default", "igw", "init", "lo", "rs", "vpc", "watcher"]

        /// The added resources: instances without a speaker, an IPv6 default route.
        private static var additions: String {
            let plain = (1...instanceCount - 3).map { number in
                let name = number <= takenNames.count ? takenNames[number - 1] : "plain-\(number)"
                return """
                      Plain\(number):
                        Type: AWS::EC2::Instance
                        Properties: {SubnetId: !Ref Subnet2Az2, Tags: [{Key: Name, Value: \(name)}]}

                    """
            }
            return """
                  Ipv6DefaultRoute:
                    Type: AWS::EC2::Route
                    Properties:
                      RouteTableId: !Ref RouteTable
                      DestinationIpv6CidrBlock: ::/0
                      GatewayId: !Ref InternetGateway

                """ + plain.joined()
        }

        /// Writes the template, with a secondary address for the active instance.
        private func writeTemplate(to file: URL) throws {
            let text = try Fixture.text("templates/floating-ip.yaml")
            let interface = """
                      SubnetId: !Ref SubnetAz1
                      PrivateIpAddress: 10.0.1.203
                      SourceDestCheck: false
                      SecurityGroupIds: [!Ref SecurityGroup]

                """
            try #require(text.contains(interface))
            try #require(text.contains("\nOutputs:\n"))
            try text.replacingOccurrences(
                of: interface,
                with: """
                          SourceDestCheck: false
                          NetworkInterfaces:
                            - DeviceIndex: 0
                              SubnetId: !Ref SubnetAz1
                              GroupSet: [!Ref SecurityGroup]
                              PrivateIpAddress: 10.0.1.203
                              PrivateIpAddresses: [{PrivateIpAddress: 10.0.1.204, Primary: false}]

                    """
            ).replacingOccurrences(of: "\nOutputs:\n", with: "\n\(Self.additions)\nOutputs:\n")
                .write(to: file, atomically: true, encoding: .utf8)
        }

        @Test func `seventy instances come up, with any names, secondary addresses and an IPv6 route left out`() throws
        {
            let file = FileManager.default.temporaryDirectory.appending(path: "rslab-large-\(UUID().uuidString).yaml")
            defer { try? FileManager.default.removeItem(at: file) }
            try writeTemplate(to: file)
            try TestLab.with("interop-large", up: file.path()) { lab in
                let instances = try lab.json(StatusOutput.self, "status").nodes.filter { $0.role == "instance" }
                #expect(instances.count == Self.instanceCount)
                #expect(instances.allSatisfy { $0.note == nil })
                #expect(Set(instances.map(\.name)).isSuperset(of: Self.takenNames.map { "\($0)-2" }))

                let path = "/proc/sys/net/ipv4/ip_default_ttl"
                #expect(try lab.output(of: "cat", path, on: "instance-rs-az1") == "128\n")
                #expect(try lab.output(of: "cat", path, on: "instance-rs-az2") == "124\n")
                #expect(try lab.output(of: "cat", path, on: "plain-67") == "64\n")

                let ping = try lab.output(of: "ping", "-n", "-c", "1", "10.0.1.204", on: "plain-67")
                #expect(ping.contains("64 bytes from 10.0.1.204: icmp_seq=1 ttl=127"))
                _ = try lab.output(
                    of: "gobgp", "global", "rib", "add", "192.0.2.0/24", "nexthop", "10.0.1.204",
                    on: "instance-rs-az1")
                let added = try #require(IPPrefix("192.0.2.0/24"))
                try eventually("the route by the secondary address in the table") {
                    try lab.json(TablesOutput.self, "tables").propagated.contains {
                        $0.destination == added && $0.nextHop?.description == "10.0.1.204"
                            && $0.instance == "instance-rs-az1" && $0.state == .active
                    }
                }
            }
        }

        // MARK: Many speakers

        /// Speakers like the template's standby, each with two peers.
        private static func speakers(_ count: Int, like text: String) throws -> String {
            let first = try #require(text.range(of: "  InstanceAz2:\n"))
            let last = try #require(text.range(of: "\n  # The client"))
            let standby = String(text[first.lowerBound..<last.lowerBound])
            return (1...count).map { number in
                let instance = standby.replacingOccurrences(of: "InstanceAz2:", with: "More\(number):")
                    .replacingOccurrences(of: "10.0.2.203", with: "10.0.2.\(20 + number)")
                    .replacingOccurrences(of: "instance-rs-az2", with: "more-\(number)")
                let peers = [3, 4].map { endpoint in
                    """
                      More\(number)Peer\(endpoint):
                        Type: AWS::EC2::RouteServerPeer
                        Properties:
                          RouteServerEndpointId: !Ref Endpoint\(endpoint)
                          PeerAddress: !GetAtt More\(number).PrivateIp
                          BgpOptions: {PeerAsn: 65001}

                    """
                }
                return instance + "\n" + peers.joined()
            }.joined()
        }

        @Test func `more instances answer for one floating IP than there are steps of four in a time to live`() throws {
            let file = FileManager.default.temporaryDirectory.appending(path: "rslab-many-\(UUID().uuidString).yaml")
            defer { try? FileManager.default.removeItem(at: file) }
            let text = try Fixture.text("templates/floating-ip.yaml")
            let more = try Self.speakers(34, like: text)
            try text.replacingOccurrences(of: "\nOutputs:\n", with: "\n\(more)\nOutputs:\n")
                .write(to: file, atomically: true, encoding: .utf8)
            try TestLab.with("interop-many", up: file.path()) { lab in
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.sessions_established == 4 + 2 * 34)
                #expect(status.active == "instance-rs-az1")
                let path = "/proc/sys/net/ipv4/ip_default_ttl"
                let values = try (1...34).map { try lab.output(of: "cat", path, on: "more-\($0)") }
                #expect(Set(values).count == 34)
            }
        }
    }
}
