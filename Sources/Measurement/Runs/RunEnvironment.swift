// SPDX-License-Identifier: MIT-0
package import WireFormat

/// On what machine, and with what, a run was measured.
package struct RunEnvironment: Hashable, Sendable, Codable {
    /// The same moment on both clocks, so that instants become dates.
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

    /// As `uname -r` has it.
    package var kernel: String
    package var machine: String
    package var cpuCount: Int
    /// What the machine runs under, as far as it shows ("kvm", "hypervisor"); nil on bare metal.
    package var virtualization: String?
    /// Name -> version of rslab and of the daemons that took part.
    package var versions: [String: String]
    package var clocks: ClockPair
    /// What the harness did for itself that a figure may rest on: real-time priorities, and the like.
    package var conditions: [String]?
    /// What the lab was set to, and which of it is assumed.
    package var settings: [StatedSetting]?

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
        case kernel, machine, virtualization, versions, clocks, conditions, settings
        case cpuCount = "cpus"
    }
}
