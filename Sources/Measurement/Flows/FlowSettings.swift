// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which flows a trial probes.
package struct FlowSettings: Hashable, Sendable, Codable {
    /// The nodes that probe the floating IPs, the primary flow's first; empty for the lab's test host alone.
    package var sources: [String]
    /// The floating IPs that are probed, the primary flow's first; empty for all that the lab has.
    package var floatingAddresses: [IPAddress]
    /// Whether the floating IPs also probe the test host.
    package var isOutward: Bool
    /// How many prefixes are announced beside the floating IPs.
    package var prefixCount: Int
    /// How many of them are probed.
    package var sampleCount: Int
    /// Whether each prefix's convergence time is kept, and not only their summary.
    package var keepsEveryPrefix: Bool

    /// Enough to see the shape of a table's convergence: at 1 ms probes each sample is probed every 4 ms beside one floating IP.
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

    /// The prefixes beside the floating IPs; nil for none.
    package var block: PrefixBlock? { PrefixBlock(count: prefixCount) }

    /// What an expected window leaves for the route server's own work: it works on every prefix before it writes the first.
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
