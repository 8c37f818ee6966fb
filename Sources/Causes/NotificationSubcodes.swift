// SPDX-License-Identifier: MIT-0

/// An error subcode of one error code.
///
/// Unassigned numbers are preserved.
package protocol NotificationSubcode: RawRepresentable<UInt8>, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The names in IANA's registry, by number; an empty name means an unassigned number.
    static var names: [String] { get }
}

extension NotificationSubcode {
    /// IANA's name, or "subcode N".
    package var description: String {
        let names = Self.names
        guard Int(rawValue) < names.count, !names[Int(rawValue)].isEmpty else { return "subcode \(rawValue)" }
        return names[Int(rawValue)]
    }
}

extension NotificationReason {
    /// Subcodes of Message Header Error (RFC 4271 section 6.1).
    package struct MessageHeaderSubcode: NotificationSubcode {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let unspecific = Self(rawValue: 0)
        package static let connectionNotSynchronized = Self(rawValue: 1)
        package static let badMessageLength = Self(rawValue: 2)
        package static let badMessageType = Self(rawValue: 3)

        package static let names = [
            "Unspecific", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type",
        ]
    }

    /// Subcodes of OPEN Message Error (RFC 4271 section 6.2, RFC 5492 section 5).
    package struct OpenSubcode: NotificationSubcode {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let unspecific = Self(rawValue: 0)
        package static let unsupportedVersionNumber = Self(rawValue: 1)
        package static let badPeerAS = Self(rawValue: 2)
        package static let badBGPIdentifier = Self(rawValue: 3)
        package static let unsupportedOptionalParameter = Self(rawValue: 4)
        package static let unacceptableHoldTime = Self(rawValue: 6)
        package static let unsupportedCapability = Self(rawValue: 7)

        package static let names = [
            "Unspecific", "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier",
            "Unsupported Optional Parameter", "", "Unacceptable Hold Time", "Unsupported Capability",
        ]
    }

    /// Subcodes of UPDATE Message Error (RFC 4271 section 6.3).
    package struct UpdateSubcode: NotificationSubcode {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let unspecific = Self(rawValue: 0)
        package static let malformedAttributeList = Self(rawValue: 1)
        package static let unrecognizedWellKnownAttribute = Self(rawValue: 2)
        package static let missingWellKnownAttribute = Self(rawValue: 3)
        package static let attributeFlagsError = Self(rawValue: 4)
        package static let attributeLengthError = Self(rawValue: 5)
        package static let invalidOriginAttribute = Self(rawValue: 6)
        package static let invalidNextHopAttribute = Self(rawValue: 8)
        package static let optionalAttributeError = Self(rawValue: 9)
        package static let invalidNetworkField = Self(rawValue: 10)
        package static let malformedASPath = Self(rawValue: 11)

        package static let names = [
            "Unspecific", "Malformed Attribute List", "Unrecognized Well-known Attribute",
            "Missing Well-known Attribute", "Attribute Flags Error", "Attribute Length Error",
            "Invalid ORIGIN Attribute", "", "Invalid NEXT_HOP Attribute", "Optional Attribute Error",
            "Invalid Network Field", "Malformed AS_PATH",
        ]
    }

    /// Subcodes of Finite State Machine Error (RFC 6608 section 3).
    package struct FiniteStateMachineSubcode: NotificationSubcode {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let unspecified = Self(rawValue: 0)
        package static let unexpectedMessageInOpenSent = Self(rawValue: 1)
        package static let unexpectedMessageInOpenConfirm = Self(rawValue: 2)
        package static let unexpectedMessageInEstablished = Self(rawValue: 3)

        package static let names = [
            "Unspecified Error", "Receive Unexpected Message in OpenSent State",
            "Receive Unexpected Message in OpenConfirm State", "Receive Unexpected Message in Established State",
        ]
    }

    /// Subcodes of Cease (RFC 4486 section 3, RFC 8538, RFC 9384).
    package struct CeaseSubcode: NotificationSubcode {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let unspecific = Self(rawValue: 0)
        package static let maximumNumberOfPrefixesReached = Self(rawValue: 1)
        package static let administrativeShutdown = Self(rawValue: 2)
        package static let peerDeconfigured = Self(rawValue: 3)
        package static let administrativeReset = Self(rawValue: 4)
        package static let connectionRejected = Self(rawValue: 5)
        package static let otherConfigurationChange = Self(rawValue: 6)
        package static let connectionCollisionResolution = Self(rawValue: 7)
        package static let outOfResources = Self(rawValue: 8)
        package static let hardReset = Self(rawValue: 9)
        package static let bfdDown = Self(rawValue: 10)

        package static let names = [
            "Unspecific", "Maximum Number of Prefixes Reached", "Administrative Shutdown", "Peer De-configured",
            "Administrative Reset", "Connection Rejected", "Other Configuration Change",
            "Connection Collision Resolution", "Out of Resources", "Hard Reset", "BFD Down",
        ]
    }
}
