// SPDX-License-Identifier: MIT-0

extension ASPath {
    /// The leftmost number, if the path begins with a sequence: the neighbour that sent the route.
    package var first: ASN? {
        guard case .sequence(let numbers) = segments.first else { return nil }
        return numbers.first
    }

    /// Whether every number fits in two octets.
    var fitsTwoOctets: Bool {
        segments.allSatisfy { $0.numbers.allSatisfy(\.fitsTwoOctets) }
    }

    /// The true path of a route that passed speakers with two-octet numbers (RFC 6793 section 4.2.3).
    ///
    /// The front of this AS_PATH supplies as many numbers as AS4_PATH lacks. An AS4_PATH longer than the AS_PATH is
    /// stale and ignored.
    func merged(withAS4Path as4Path: ASPath) -> ASPath {
        var missing = length - as4Path.length
        guard missing >= 0 else { return self }
        var result: [Segment] = []
        for segment in segments where missing > 0 {
            switch segment {
            case .set:
                result.append(segment)
                missing -= 1
            case .sequence(let numbers):
                result.append(.sequence(Array(numbers.prefix(missing))))
                missing -= min(missing, numbers.count)
            }
        }
        if case .sequence(let head) = result.last, case .sequence(let tail) = as4Path.segments.first {
            result[result.count - 1] = .sequence(head + tail)
            return ASPath(segments: result + as4Path.segments.dropFirst())
        }
        return ASPath(segments: result + as4Path.segments)
    }
}

extension ASPath.Segment {
    var numbers: [ASN] {
        switch self {
        case .sequence(let numbers), .set(let numbers): numbers
        }
    }

    /// The number of the segment type on the wire (RFC 4271 section 4.3).
    var typeCode: UInt8 {
        switch self {
        case .set: 1
        case .sequence: 2
        }
    }
}
