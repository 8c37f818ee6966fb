// SPDX-License-Identifier: MIT-0

/// Why a BFD session left Up, as a control protocol needs to know it (RFC 5882 section 4.2).
package enum BFDDownCause: Hashable, Sendable {
    case controlDetectionTimeExpired
    /// The peer signals Down, with the reason in its packet.
    case neighborSignaledSessionDown(Diagnostic)
    /// The peer signals AdminDown.
    case neighborAdminDown
    /// This system's operator asked for it.
    case adminDown(Diagnostic)
}

/// In JSON a `kind`, and next to it the diagnostic if the kind has one.
extension BFDDownCause: Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case controlDetectionTimeExpired = "control-detection-time-expired"
        case neighborSignaledSessionDown = "neighbor-signaled-session-down"
        case neighborAdminDown = "neighbor-admin-down"
        case adminDown = "admin-down"
    }

    package var kind: Kind {
        switch self {
        case .controlDetectionTimeExpired: .controlDetectionTimeExpired
        case .neighborSignaledSessionDown: .neighborSignaledSessionDown
        case .neighborAdminDown: .neighborAdminDown
        case .adminDown: .adminDown
        }
    }

    private enum CodingKeys: String, CodingKey {
        case kind, diagnostic
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func diagnostic() throws -> Diagnostic { try container.decode(Diagnostic.self, forKey: .diagnostic) }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .controlDetectionTimeExpired: .controlDetectionTimeExpired
            case .neighborSignaledSessionDown: .neighborSignaledSessionDown(try diagnostic())
            case .neighborAdminDown: .neighborAdminDown
            case .adminDown: .adminDown(try diagnostic())
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .neighborSignaledSessionDown(let diagnostic), .adminDown(let diagnostic):
            try container.encode(diagnostic, forKey: .diagnostic)
        case .controlDetectionTimeExpired, .neighborAdminDown: break
        }
    }
}
