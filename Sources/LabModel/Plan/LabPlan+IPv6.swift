// SPDX-License-Identifier: MIT-0
internal import WireFormat

extension LabPlan {
    /// Set in every namespace of a lab with IPv6 before it has a link.
    ///
    /// Nothing comes from router advertisements or redirects, since the plan contains every address and route.
    static let ipv6Parameters: [KernelParameter] = [
        // A container's own setting may be inherited.
        KernelParameter(name: "net/ipv6/conf/all/disable_ipv6", value: 0),
        KernelParameter(name: "net/ipv6/conf/default/disable_ipv6", value: 0),
        KernelParameter(name: "net/ipv6/conf/all/accept_ra", value: 0),
        KernelParameter(name: "net/ipv6/conf/default/accept_ra", value: 0),
        KernelParameter(name: "net/ipv6/conf/default/autoconf", value: 0),
        KernelParameter(name: "net/ipv6/conf/all/accept_redirects", value: 0),
        KernelParameter(name: "net/ipv6/conf/default/accept_redirects", value: 0),
    ]

    /// Sets the default hop limit of a namespace, which later links inherit.
    static func hopLimitParameters(_ hopLimit: Int) -> [KernelParameter] {
        ["all", "default"].map { KernelParameter(name: "net/ipv6/conf/\($0)/hop_limit", value: hopLimit) }
    }
}

extension IPv6Address {
    /// The link-local address of an interface (RFC 4291 section 2.5.6, appendix A).
    init(linkLocal address: MACAddress) {
        let vendor = address.bits >> 24 ^ 0x02_0000
        self.init(high: 0xFE80 << 48, low: vendor << 40 | 0xFFFE << 24 | address.bits & 0xFF_FFFF)
    }
}
