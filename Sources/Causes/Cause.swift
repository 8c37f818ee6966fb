// SPDX-License-Identifier: MIT-0

/// Why something happened in a lab: a value to decide by, which `Report` puts into words.
package enum Cause: Hashable, Sendable {
    /// A BGP session ended, or an attempt at one.
    case session(SessionEnd)
    /// A BFD session left Up.
    case bfd(BFDDownCause)
    /// A BFD session changed its state, with the diagnostic that it then sends.
    case diagnostic(Diagnostic)
    /// A route server chose another best path, or gave up persisted routes.
    case route(RouteCause)
    /// The kernel refused a route.
    case refused(SystemFailure)
}

/// In JSON an object with one member, named after the subject of the cause.
extension Cause: Codable {
    private enum CodingKeys: String, CodingKey {
        case session, bfd, diagnostic, route, refused
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self =
            switch container.allKeys.first {
            case .session: .session(try container.decode(SessionEnd.self, forKey: .session))
            case .bfd: .bfd(try container.decode(BFDDownCause.self, forKey: .bfd))
            case .diagnostic: .diagnostic(try container.decode(Diagnostic.self, forKey: .diagnostic))
            case .route: .route(try container.decode(RouteCause.self, forKey: .route))
            case .refused: .refused(try container.decode(SystemFailure.self, forKey: .refused))
            case nil:
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "it is about nothing that is known"))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .session(let end): try container.encode(end, forKey: .session)
        case .bfd(let cause): try container.encode(cause, forKey: .bfd)
        case .diagnostic(let diagnostic): try container.encode(diagnostic, forKey: .diagnostic)
        case .route(let cause): try container.encode(cause, forKey: .route)
        case .refused(let failure): try container.encode(failure, forKey: .refused)
        }
    }
}
