// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which flows a trial probes.
package struct FlowSettings: Hashable, Sendable, Codable {
    /// The nodes that probe the floating IPs, the primary flow's first; empty for only the lab's test host.
    package var sources: [String]
    /// The floating IPs that are probed, the primary flow's first; empty for all of the lab's.
    package var floatingAddresses: [IPAddress]
    /// Whether the floating IPs also probe the test host.
    package var isOutward: Bool
    /// How many prefixes are announced besides the floating IPs.
    package var prefixCount: Int
    /// How many of them are probed.
    package var sampleCount: Int
    /// Whether each prefix's convergence time is stored, and not only their summary.
    package var keepsEveryPrefix: Bool

    /// Enough to show the shape of a table's convergence: with 1 ms probes and one floating IP, each sample is probed
    /// every 4 ms.
    package static let usualSampleCount = 32

    package init(
        sources: [String] = [], floatingAddresses: [IPAddress] = [], isOutward: Bool = false, prefixCount: Int = 0,
        sampleCount: Int = usualSampleCount, keepsEveryPrefix: Bool = false
    ) {
        self.sources = sources
        self.floatingAddresses = floatingAddresses
        self.isOutward = isOutward
        self.prefixCount = prefixCount
        self.sampleCount = sampleCount
        self.keepsEveryPrefix = keepsEveryPrefix
    }

    /// The prefixes besides the floating IPs; nil for none.
    package var block: PrefixBlock? { PrefixBlock(count: prefixCount) }

    /// What an expected window allows for the route server's own work: it processes every prefix before it writes the
    /// first.
    package var allowance: Milliseconds {
        ExpectedWindow.usualAllowance + Milliseconds(nanoseconds: 5_000).times(prefixCount)
    }

    private enum CodingKeys: String, CodingKey {
        case sources = "from"
        case floatingAddresses = "floating_ips"
        case isOutward = "outward"
        case prefixCount = "prefixes"
        case sampleCount = "samples"
        case keepsEveryPrefix = "every_prefix"
    }
}
