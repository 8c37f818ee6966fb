// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What a responder is started with.
package struct ResponderProgramSettings: Hashable, Sendable, Codable {
    /// What it is called under an instance's init.
    package static let programName = "responder"

    /// Where it listens: the floating IPs, so that it answers from the address it was asked at.
    package var addresses: [IPAddress]
    package var port: UInt16
    /// What its replies are told by.
    package var number: UInt16

    package init(addresses: [IPAddress], port: UInt16, number: UInt16) {
        self.addresses = addresses
        self.port = port
        self.number = number
    }
}
