// SPDX-License-Identifier: MIT-0

extension String {
    /// The text padded with trailing spaces to `width` characters; never cut.
    func leftAligned(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text padded with leading spaces to `width` characters; never cut.
    func rightAligned(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

extension Duration {
    /// `HH:MM:SS`, preceded by `Nd ` from one day up; a negative duration counts as zero.
    package var clockText: String {
        let total = max(0, components.seconds)
        func twoDigits(_ value: Int64) -> String {
            value < 10 ? "0\(value)" : "\(value)"
        }
        let days = total / 86400
        let time = [total / 3600 % 24, total / 60 % 60, total % 60].map(twoDigits).joined(separator: ":")
        return days == 0 ? time : "\(days)d \(time)"
    }
}
