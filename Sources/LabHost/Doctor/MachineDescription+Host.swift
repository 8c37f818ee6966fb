// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement

extension MachineDescription {
    /// What decides how punctual a thread is, and how many packets wait.
    private static let parameters = [
        "kernel.sched_rt_runtime_us", "kernel.sched_rt_period_us", "kernel.timer_migration",
        "kernel.sched_autogroup_enabled", "net.core.netdev_budget", "net.core.netdev_budget_usecs",
        "net.core.netdev_max_backlog", "net.core.rmem_max", "net.core.wmem_max",
    ]

    /// Files of sysfs with one value, by the name under which it is recorded.
    private static let files = [
        "clocksource": "/sys/devices/system/clocksource/clocksource0/current_clocksource",
        "isolated_cpus": "/sys/devices/system/cpu/isolated", "nohz_full": "/sys/devices/system/cpu/nohz_full",
        "smt": "/sys/devices/system/cpu/smt/control",
    ]

    /// This machine; what the kernel does not show is left out.
    static func current(cpuInfo: String) -> MachineDescription {
        var values = files.compactMapValues(value)
        for name in parameters {
            values[name] = value("/proc/sys/\(name.replacing(".", with: "/"))")
        }
        var description = MachineDescription(kernelParameters: values)
        description.cpuModel = cpuInfo.split(separator: "\n").first { $0.hasPrefix("model name") }.flatMap {
            $0.split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) }
        }
        let governors = (0..<sysconf(Int32(_SC_NPROCESSORS_ONLN))).compactMap {
            value("/sys/devices/system/cpu/cpu\($0)/cpufreq/scaling_governor")
        }
        description.governors = governors.isEmpty ? nil : Set(governors).sorted()
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        description.memoryByteCount = pages > 0 ? Int64(pages) * Int64(sysconf(Int32(_SC_PAGESIZE))) : nil
        return description
    }

    /// The first line of a file; nil if there is none, or it is empty.
    private static func value(_ path: String) -> String? {
        // Not every kernel and machine has each of these files.
        let line = (try? readTextFile(path)).map { $0.prefix { $0 != "\n" } } ?? ""
        return line.isEmpty ? nil : String(line)
    }
}
