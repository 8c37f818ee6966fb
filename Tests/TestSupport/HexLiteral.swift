// SPDX-License-Identifier: MIT-0

/// Octets from hexadecimal text, for vectors in tests.
///
/// Blanks and line breaks are ignored, and so is everything from `#` to the end of a line.
package func hex(_ text: String) -> [UInt8] {
    let digits = text.split(separator: "\n", omittingEmptySubsequences: false)
        .flatMap { $0.prefix { $0 != "#" } }
        .filter { !$0.isWhitespace }
        .map { character in
            guard let digit = character.hexDigitValue else {
                preconditionFailure("'\(character)' is not a hexadecimal digit")
            }
            return UInt8(digit)
        }
    precondition(digits.count.isMultiple(of: 2), "an odd number of hexadecimal digits")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Octets as hexadecimal text, two digits each, for messages of failed tests.
package func hexText(_ octets: some Sequence<UInt8>) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
