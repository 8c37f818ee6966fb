// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The settings of a responder.
package struct ResponderProgramSettings: Hashable, Sendable, Codable {
    /// Its name under an instance's init.
    package static let programName = "responder"

    /// The addresses to listen on: the floating IPs, so that it answers from the address that was asked.
    package var addresses: [IPAddress]
    package var port: UInt16
    /// The number that identifies its replies.
    package var number: UInt16

    package init(addresses: [IPAddress], port: UInt16, number: UInt16) {
        self.addresses = addresses
        self.port = port
        self.number = number
    }
}
