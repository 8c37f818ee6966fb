// SPDX-License-Identifier: MIT-0

/// What the last `rslab self-test` on a machine found, so that a run can say by what its doubts were tried.
package struct SelfTestRecord: Hashable, Sendable, Codable {
    /// rslab's version then.
    package var version: String
    /// As in `uname -r`.
    package var kernel: String
    /// Nanoseconds since 1970 in UTC.
    package var realTime: Int64
    package var caughtCount: Int
    package var plantedCount: Int
    /// The names of the planted errors that were not reported.
    package var missed: [String]

    package init(
        version: String, kernel: String, realTime: Int64, caughtCount: Int, plantedCount: Int, missed: [String]
    ) {
        self.version = version
        self.kernel = kernel
        self.realTime = realTime
        self.caughtCount = caughtCount
        self.plantedCount = plantedCount
        self.missed = missed
    }

    private enum CodingKeys: String, CodingKey {
        case version, kernel, missed
        case realTime = "real_time_ns"
        case caughtCount = "caught"
        case plantedCount = "planted"
    }
}
