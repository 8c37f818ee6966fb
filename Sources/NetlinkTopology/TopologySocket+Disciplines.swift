// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
internal import WireFormat

extension TopologySocket {
    /// TC_H_ROOT of linux/pkt_sched.h, a macro that Swift does not import.
    private static let root = UInt32.max
    /// Room for a second of 64-octet packets at 10 Mbit/s: packets that wait for their time must not be dropped
    /// instead.
    private static let queueLimit: Int32 = 20_000

    /// Puts netem at the root of a link: it delays each packet that it sends by `delay`, plus or minus up to `jitter`.
    ///
    /// An existing netem is replaced.
    /// - Throws: ENOENT if the kernel has no netem.
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

    /// Removes the discipline at the root of a link; a missing discipline or link is not an error.
    package func removeDelay(index: Int32) throws(SystemError) {
        let operation = "remove netem"
        let discipline = try rootDiscipline(of: index, for: operation)
        do throws(SystemError) {
            try request(operation, "on link \(index)") { rtnl_qdisc_build_delete_request(discipline.pointer, $0) }
        } catch {
            // "Cannot delete qdisc with handle of zero": only the kernel's default discipline is there.
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
