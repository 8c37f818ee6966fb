// SPDX-License-Identifier: MIT-0

extension ASPath {
    /// Whether a number is anywhere in the path, sets included: the loop check of RFC 4271 section 9.1.2.
    package func contains(_ asn: ASN) -> Bool {
        segments.contains { segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): numbers.contains(asn)
            }
        }
    }
}
