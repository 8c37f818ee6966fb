// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
internal import WireFormat

extension TopologySocket {
    /// TC_H_ROOT of linux/pkt_sched.h, a macro that Swift does not see.
    private static let root = UInt32.max
    /// Room for a second of 64-octet packets at 10 Mbit/s: what waits for its time is not to be dropped instead.
    private static let queueLimit: Int32 = 20_000

    /// Puts netem at the root of a link: what it sends is late, each packet by `delay` give or take up to `jitter`.
    ///
    /// A netem that is there already is replaced.
    /// - Throws: ENOENT where the kernel has no netem.
    package func setDelay(_ delay: Duration, jitter: Duration = .zero, index: Int32) throws(SystemError) {
        let operation = "add netem"
        let discipline = try rootDiscipline(of: index, for: operation)
        let result = rtnl_tc_set_kind(discipline.pointer, "netem")
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: "on link \(index) in \(namespaceName)", libnl: result)
        }
        rtnl_netem_set_limit(discipline.pointer, Self.queueLimit)
        rtnl_netem_set_delay(discipline.pointer, Int32(clamping: delay.nanoseconds / 1000))
        if jitter > .zero { rtnl_netem_set_jitter(discipline.pointer, Int32(clamping: jitter.nanoseconds / 1000)) }
        try request(operation, "on link \(index)") {
            rtnl_qdisc_build_add_request(discipline.pointer, NLM_F_CREATE | NLM_F_REPLACE, $0)
        }
    }

    /// Takes the discipline at the root of a link away; where there is none, or no link, that is no failure.
    package func removeDelay(index: Int32) throws(SystemError) {
        let operation = "remove netem"
        let discipline = try rootDiscipline(of: index, for: operation)
        do throws(SystemError) {
            try request(operation, "on link \(index)") { rtnl_qdisc_build_delete_request(discipline.pointer, $0) }
        } catch {
            // "Cannot delete qdisc with handle of zero": the kernel's own is there, and nothing of ours.
            guard [ENOENT, EINVAL, ENODEV].contains(error.code) else { throw error }
        }
    }

    private func rootDiscipline(of index: Int32, for operation: String) throws(SystemError) -> LibnlObject {
        let discipline = try LibnlObject(adopting: rtnl_qdisc_alloc(), for: operation)
        rtnl_tc_set_ifindex(discipline.pointer, index)
        rtnl_tc_set_parent(discipline.pointer, Self.root)
        return discipline
    }
}
