// SPDX-License-Identifier: MIT-0

/// MD5 or SHA1, supplied by the creator of a session: this target computes neither.
///
/// The function gets a whole control packet with the key in place of the digest (RFC 5880 sections 6.7.3 and 6.7.4).
package struct DigestFunction: Sendable {
    package enum Algorithm: Hashable, Sendable, CaseIterable {
        case md5, sha1

        /// The length of the digest, and the maximum length of a key.
        package var octetCount: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            }
        }
    }

    package let algorithm: Algorithm
    private let calculate: @Sendable (RawSpan) -> AuthenticationData

    package init(_ algorithm: Algorithm, calculate: @escaping @Sendable (RawSpan) -> AuthenticationData) {
        self.algorithm = algorithm
        self.calculate = calculate
    }

    package func callAsFunction(_ octets: RawSpan) -> AuthenticationData {
        calculate(octets)
    }
}
