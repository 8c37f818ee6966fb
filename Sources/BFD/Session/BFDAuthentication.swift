// SPDX-License-Identifier: MIT-0

/// A type, a key ID and a secret, written as meticulous-keyed-sha1:1:secret.
///
/// The secret is the UTF-8 text after the second colon. It is encoded only for files that just their owner can read,
/// and never appears in a description.
package struct BFDAuthentication: Hashable, Sendable, Codable {
    /// Why a text is invalid: a sentence without its full stop.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The types of RFC 5880 section 4.1, by their names here.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case simplePassword = "simple-password"
        case keyedMD5 = "keyed-md5"
        case meticulousKeyedMD5 = "meticulous-keyed-md5"
        case keyedSHA1 = "keyed-sha1"
        case meticulousKeyedSHA1 = "meticulous-keyed-sha1"

        package var type: AuthenticationType {
            switch self {
            case .simplePassword: .simplePassword
            case .keyedMD5: .keyedMD5
            case .meticulousKeyedMD5: .meticulousKeyedMD5
            case .keyedSHA1: .keyedSHA1
            case .meticulousKeyedSHA1: .meticulousKeyedSHA1
            }
        }

        /// The permitted lengths of a secret in octets (RFC 5880 sections 4.2 to 4.4).
        package var secretOctetCounts: ClosedRange<Int> {
            1...(type.digestOctetCount ?? AuthenticationSection.passwordOctetCounts.upperBound)
        }
    }

    package let kind: Kind
    package let keyID: UInt8
    package let secret: String

    /// Parses TYPE:KEY-ID:SECRET.
    package init(_ text: some StringProtocol) throws(ParseError) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw ParseError(description: "write a type, a key ID and a secret, such as meticulous-keyed-sha1:1:secret")
        }
        guard let kind = Kind(rawValue: String(parts[0])) else {
            let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError(description: "'\(parts[0])' is not an authentication type: there are \(names)")
        }
        guard let keyID = UInt8(parts[1]) else {
            throw ParseError(description: "'\(parts[1])' is not a key ID, which is a number from 0 to 255")
        }
        let count = parts[2].utf8.count
        guard kind.secretOctetCounts.contains(count) else {
            throw ParseError(
                description: "a secret of \(count) octets is not allowed: 1 to"
                    + " \(kind.secretOctetCounts.upperBound) for \(kind.rawValue)")
        }
        guard parts[2].utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ParseError(description: "the secret contains a control character")
        }
        self.kind = kind
        self.keyID = keyID
        secret = String(parts[2])
    }

    /// The settings for a session, with the functions that compute digests; nil if the secret is too long.
    package func authentication(
        digest: (DigestFunction.Algorithm) -> DigestFunction
    ) -> Authentication? {
        guard let secret = AuthenticationData(secret.utf8) else { return nil }
        let method: Authentication.Method =
            switch kind {
            case .simplePassword: .simplePassword
            case .keyedMD5: .keyed(digest(.md5), isMeticulous: false)
            case .meticulousKeyedMD5: .keyed(digest(.md5), isMeticulous: true)
            case .keyedSHA1: .keyed(digest(.sha1), isMeticulous: false)
            case .meticulousKeyedSHA1: .keyed(digest(.sha1), isMeticulous: true)
            }
        return Authentication(method, sendingKey: .init(id: keyID, secret: secret))
    }
}

extension BFDAuthentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(kind.type), key \(keyID)" }
    package var debugDescription: String { description }
    /// Keeps the secret out of dumps.
    package var customMirror: Mirror { Mirror(self, children: ["kind": kind, "keyID": keyID]) }
}
