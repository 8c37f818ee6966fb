// SPDX-License-Identifier: MIT-0
internal import CLibnl
package import LinuxSystem

extension TopologySocket {
    /// TC_H_ROOT of linux/pkt_sched.h, a macro that Swift does not see.
    private static let root = UInt32.max
    /// The kernel's default queue, in packets.
    private static let queueLimit: Int32 = 1000

    /// Puts netem at the root of a link: what it sends is delayed.
    ///
    /// - Throws: ENOENT where the kernel has no netem.
    package func addDelay(microseconds: Int32, index: Int32) throws(SystemError) {
        let operation = "add netem"
        let discipline = try LibnlObject(adopting: rtnl_qdisc_alloc(), for: operation)
        rtnl_tc_set_ifindex(discipline.pointer, index)
        rtnl_tc_set_parent(discipline.pointer, Self.root)
        let result = rtnl_tc_set_kind(discipline.pointer, "netem")
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: "on link \(index) in \(namespaceName)", libnl: result)
        }
        rtnl_netem_set_limit(discipline.pointer, Self.queueLimit)
        rtnl_netem_set_delay(discipline.pointer, microseconds)
        try request(operation, "on link \(index)") {
            rtnl_qdisc_build_add_request(discipline.pointer, NLM_F_CREATE | NLM_F_EXCL, $0)
        }
    }
}
