// SPDX-License-Identifier: MIT-0

extension ASPath {
    /// The most numbers in a segment: its count is one octet (RFC 4271 section 4.3).
    private static let largestSegmentCount = 255

    /// Whether a number is anywhere in the path, including sets: the loop check of RFC 4271 section 9.1.2.
    package func contains(_ asn: ASN) -> Bool {
        segments.contains { segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): numbers.contains(asn)
            }
        }
    }

    /// The path with one more number in front (RFC 4271 section 5.1.2 b).
    package func prepending(_ asn: ASN) -> ASPath {
        guard case .sequence(let numbers) = segments.first, numbers.count < ASPath.largestSegmentCount else {
            return ASPath(segments: [.sequence([asn])] + segments)
        }
        var path = self
        path.segments[0] = .sequence([asn] + numbers)
        return path
    }
}
