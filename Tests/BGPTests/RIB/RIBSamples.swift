// SPDX-License-Identifier: MIT-0
import BGP
import Testing
import WireFormat

/// An address written as a literal in a test.
func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is not an address") }
    return address
}

func prefix(_ text: String) -> IPPrefix {
    guard let prefix = IPPrefix(text) else { preconditionFailure("\(text) is not a prefix") }
    return prefix
}

func v4(_ text: String) -> IPv4Address {
    guard let address = IPv4Address(text) else { preconditionFailure("\(text) is not an IPv4 address") }
    return address
}

func route(
    _ path: [UInt32] = [], nextHop: String = "0.0.0.0", origin: Origin = .incomplete, med: UInt32? = nil,
    localPreference: UInt32? = nil, communities: [Community] = []
) -> PathAttributes {
    PathAttributes(
        origin: origin, asPath: ASPath(sequence: path.map(ASN.init)), nextHop: address(nextHop),
        multiExitDiscriminator: med, localPreference: localPreference, communities: communities)
}
