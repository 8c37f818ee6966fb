// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkTopology
import Testing

extension Trait where Self == ConditionTrait {
    /// The test needs a kernel with netem: skipped, with the reason, where there is none.
    static var requiresNetem: Self {
        .enabled("needs a kernel with netem (CONFIG_NET_SCH_NETEM)") { try hasNetem.get() }
    }

    /// The test shows what happens without netem.
    static var requiresNoNetem: Self {
        .enabled("shows what a kernel without netem does, and this one has it") { try !hasNetem.get() }
    }
}

/// Found out by asking for it, in a namespace of its own.
private let hasNetem = Result<Bool, any Error> {
    let namespace = try NetworkNamespace.create(name: "netem")
    do throws(SystemError) {
        try TopologySocket(in: namespace).setDelay(.zero, index: 1)
        return true
    } catch {
        guard error.code == ENOENT else { throw error }
        return false
    }
}
