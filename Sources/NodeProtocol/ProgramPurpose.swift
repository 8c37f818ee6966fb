// SPDX-License-Identifier: MIT-0

/// What a program is for, and so what its end means.
package enum ProgramPurpose: String, Codable, Sendable, Hashable {
    /// Runs as long as its node: without it the lab is not what its template says.
    case service
    /// Runs as long as what is measured with it.
    case measurement
    /// Ends by itself, and its end is heard of in another way.
    case task
}
