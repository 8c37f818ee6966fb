// SPDX-License-Identifier: MIT-0
import VPC
import WireFormat

/// Every network interface that a template asks for, with its addresses chosen.
struct InterfacePlan {
    struct Interface {
        var logicalID: String
        /// What its name is made from.
        var label: String
        var subnet: String
        var isEndpoint: Bool
        /// The address that the template fixes.
        var fixedAddress: IPAddress?
        var fixedSecondaryAddresses: [IPAddress] = []
        var secondaryAddressCount = 0
        var sourceDestinationCheck = true
        var securityGroups: [String] = []
        /// Where a shortage of addresses is reported.
        var position: SourcePosition

        var address: IPAddress?
        var secondaryAddresses: [IPAddress] = []
    }

    /// In the order of the text.
    var interfaces: [Interface] = []
    /// For each instance its interfaces in the order of their device index.
    var attachments: [String: [String]] = [:]

    subscript(logicalID: String) -> Interface? {
        interfaces.first { $0.logicalID == logicalID }
    }

    static func endpointInterface(_ endpoint: String) -> String { "\(endpoint).Eni" }
    static func instanceInterface(_ instance: String, index: Int) -> String { "\(instance).Eni\(index)" }

    /// Gives every interface its addresses: fixed ones first, then endpoints, then the others (see `AddressChoice`).
    ///
    /// Mistakes of fixed addresses are left to the checks of the finished model.
    mutating func chooseAddresses(blocks: [String: IPPrefix], log: FindingLog) {
        var choices = blocks.compactMapValues { AddressChoice($0) }
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
}
