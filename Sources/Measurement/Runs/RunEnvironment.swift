// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The machine and software that a run was measured with.
package struct RunEnvironment: Hashable, Sendable, Codable {
    /// The same moment on both clocks, to convert instants to dates.
    package struct ClockPair: Hashable, Sendable, Codable {
        package var monotonic: Instant
        /// Nanoseconds since 1970 in UTC.
        package var realTime: Int64

        package init(monotonic: Instant, realTime: Int64) {
            self.monotonic = monotonic
            self.realTime = realTime
        }

        private enum CodingKeys: String, CodingKey {
            case monotonic = "monotonic_ns"
            case realTime = "real_time_ns"
        }
    }

    /// As in `uname -r`.
    package var kernel: String
    package var machine: String
    package var cpuCount: Int
    /// The hypervisor or container, if it can be detected ("kvm", "hypervisor"); nil on bare metal.
    package var virtualization: String?
    /// Name -> version, of rslab and of the daemons used.
    package var versions: [String: String]
    package var clocks: ClockPair
    /// Conditions of the harness that figures may depend on, such as real-time priorities.
    package var conditions: [String]?
    /// The lab's settings, and which of them are assumed.
    package var settings: [StatedSetting]?
    /// The last self-test on this machine; nil if there was none.
    package var selfTest: SelfTestRecord?
    /// Nil in results of earlier versions, as is `hardware`.
    package var provenance: RunProvenance?
    package var hardware: MachineDescription?

    package init(
        kernel: String, machine: String, cpuCount: Int, virtualization: String?, versions: [String: String],
        clocks: ClockPair, conditions: [String]? = nil
    ) {
        self.kernel = kernel
        self.machine = machine
        self.cpuCount = cpuCount
        self.virtualization = virtualization
        self.versions = versions
        self.clocks = clocks
        self.conditions = conditions
    }

    private enum CodingKeys: String, CodingKey {
        case kernel, machine, virtualization, versions, clocks, conditions, settings, provenance, hardware
        case cpuCount = "cpus"
        case selfTest = "self_test"
    }
}
