// SPDX-License-Identifier: MIT-0

/// The states of RFC 4271 section 8.2.2, named as there.
package enum Phase: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case idle = "Idle"
    case connect = "Connect"
    case active = "Active"
    case openSent = "OpenSent"
    case openConfirm = "OpenConfirm"
    case established = "Established"

    package var description: String { rawValue }

    /// The word in the State column of `gobgp neighbor`.
    package var gobgpState: String {
        switch self {
        case .idle: "Idle"
        case .connect: "Connect"
        case .active: "Active"
        case .openSent: "Sent"
        case .openConfirm: "Confirm"
        case .established: "Establ"
        }
    }
}
