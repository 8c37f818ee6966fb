// SPDX-License-Identifier: MIT-0

/// Why a system last changed its BFD session state: the Diagnostic (Diag) field (RFC 5880 section 4.1).
///
/// Five bits; codes that no RFC names are preserved.
package struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    package let code: UInt8

    /// Takes the lower five bits.
    package init(code: UInt8) {
        self.code = code & 0x1F
    }

    package static let noDiagnostic = Self(code: 0)
    package static let controlDetectionTimeExpired = Self(code: 1)
    package static let echoFunctionFailed = Self(code: 2)
    package static let neighborSignaledSessionDown = Self(code: 3)
    package static let forwardingPlaneReset = Self(code: 4)
    package static let pathDown = Self(code: 5)
    package static let concatenatedPathDown = Self(code: 6)
    package static let administrativelyDown = Self(code: 7)
    package static let reverseConcatenatedPathDown = Self(code: 8)

    private static let names = [
        "No Diagnostic", "Control Detection Time Expired", "Echo Function Failed", "Neighbor Signaled Session Down",
        "Forwarding Plane Reset", "Path Down", "Concatenated Path Down", "Administratively Down",
        "Reverse Concatenated Path Down",
    ]

    /// The RFC's name, or the number of a reserved code.
    package var description: String {
        let index = Int(code)
        return Self.names.indices.contains(index) ? Self.names[index] : "diagnostic \(code)"
    }
}

/// In JSON a code and, for a reader, its name.
extension Diagnostic: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, name
    }

    package init(from decoder: any Decoder) throws {
        self.init(code: try decoder.container(keyedBy: CodingKeys.self).decode(UInt8.self, forKey: .code))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(description, forKey: .name)
    }
}
