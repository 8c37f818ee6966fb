// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// Every network interface in a template, with its chosen addresses.
struct InterfacePlan {
    struct Interface {
        var logicalID: String
        /// The source of its name.
        var label: String
        var subnet: String
        var isEndpoint: Bool
        /// The address that the template fixes.
        var fixedAddress: IPAddress?
        var fixedSecondaryAddresses: [IPAddress] = []
        var secondaryAddressCount = 0
        var fixedIPv6Addresses: [IPAddress] = []
        /// How many IPv6 addresses to choose in addition; nil leaves it to the subnet.
        var ipv6AddressCount: Int?
        var sourceDestinationCheck = true
        var securityGroups: [String] = []
        /// Where a shortage of addresses is reported.
        var position: SourcePosition

        var address: IPAddress?
        var secondaryAddresses: [IPAddress] = []
        var ipv6Addresses: [IPAddress] = []
    }

    /// In template order.
    var interfaces: [Interface] = []
    /// Each instance's interfaces in order of device index.
    var attachments: [String: [String]] = [:]

    subscript(logicalID: String) -> Interface? {
        interfaces.first { $0.logicalID == logicalID }
    }

    static func endpointInterface(_ endpoint: String) -> String { "\(endpoint).Eni" }
    static func instanceInterface(_ instance: String, index: Int) -> String { "\(instance).Eni\(index)" }

    /// Gives every interface its IPv4 addresses: fixed ones first, then endpoints, then the others (see
    /// `AddressChoice`).
    ///
    /// Mistakes in fixed addresses are left to the checks of the finished model.
    mutating func chooseAddresses(blocks: [String: IPPrefix], log: FindingLog) {
        var choices = blocks.mapValues { AddressChoice($0) }
        for index in interfaces.indices {
            let subnet = interfaces[index].subnet
            for address in [interfaces[index].fixedAddress].compactMap({ $0 })
                + interfaces[index].fixedSecondaryAddresses
            {
                do throws(AddressChoice.Refusal) {
                    try choices[subnet]?.claim(address)
                } catch {
                    continue
                }
            }
            interfaces[index].address = interfaces[index].fixedAddress
            interfaces[index].secondaryAddresses = interfaces[index].fixedSecondaryAddresses
        }
        for isEndpoint in [true, false] {
            for index in interfaces.indices where interfaces[index].isEndpoint == isEndpoint {
                let subnet = interfaces[index].subnet
                func choose() -> IPAddress? {
                    let address =
                        isEndpoint ? choices[subnet]?.chooseForEndpoint() : choices[subnet]?.chooseForInstance()
                    if address == nil, choices[subnet] != nil {
                        log.error(interfaces[index].position, "\(subnet) has no free address left")
                    }
                    return address
                }
                if interfaces[index].address == nil { interfaces[index].address = choose() }
                for _ in 0..<interfaces[index].secondaryAddressCount {
                    guard let address = choose() else { break }
                    interfaces[index].secondaryAddresses.append(address)
                }
            }
        }
    }

    /// Gives interfaces their IPv6 addresses, in the same order.
    ///
    /// An interface without a count of its own gets one if its subnet is in `assigning`. An endpoint's interface gets
    /// none, since peers have IPv4 addresses.
    mutating func chooseIPv6Addresses(blocks: [String: IPPrefix], assigning: Set<String>, log: FindingLog) {
        var choices = blocks.mapValues { AddressChoice($0) }
        for index in interfaces.indices {
            for address in interfaces[index].fixedIPv6Addresses {
                do throws(AddressChoice.Refusal) {
                    try choices[interfaces[index].subnet]?.claim(address)
                } catch {
                    continue
                }
            }
            interfaces[index].ipv6Addresses = interfaces[index].fixedIPv6Addresses
        }
        for index in interfaces.indices where !interfaces[index].isEndpoint {
            let interface = interfaces[index]
            let unasked = interface.fixedIPv6Addresses.isEmpty && assigning.contains(interface.subnet) ? 1 : 0
            let count = interface.ipv6AddressCount ?? unasked
            guard count > 0 else { continue }
            guard choices[interface.subnet] != nil else {
                if interface.ipv6AddressCount != nil {
                    log.error(interface.position, "\(interface.subnet) has no IPv6 block to choose an address of")
                }
                continue
            }
            for _ in 0..<count {
                guard let address = choices[interface.subnet]?.chooseForInstance() else {
                    log.error(interface.position, "\(interface.subnet) has no free IPv6 address left")
                    break
                }
                interfaces[index].ipv6Addresses.append(address)
            }
        }
    }
}
