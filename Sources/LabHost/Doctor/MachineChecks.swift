// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement

/// The machine itself: kernel, processors, hypervisor.
enum MachineChecks {
    static func run() -> [HostCheck] {
        let environment = RunEnvironment.current(versions: [:])
        return [
            HostCheck("kernel", .ok, "\(environment.kernel), \(environment.machine)"),
            processors(count: environment.cpuCount, loadText: text("/proc/loadavg")),
            virtualization(
                environment.virtualization, vendor: text("/sys/class/dmi/id/sys_vendor"), statistics: text("/proc/stat")
            ),
        ]
    }

    /// A file's text without the line end; nil if it cannot be read, which the check then reports.
    private static func text(_ path: String) -> String? {
        guard let text = try? readTextFile(path) else { return nil }
        return String(text.last == "\n" ? text.dropLast() : text[...])
    }

    static func processors(count: Int, loadText: String?) -> HostCheck {
        let load = loadText?.split(separator: " ").first.flatMap { Double($0) }
        let finding = "\(count), load \(load.map { "\($0)" } ?? "unknown")"
        guard count > 1 else {
            return HostCheck(
                "CPUs", .warning, "\(finding): the prober competes with all that it measures",
                advice: "use a machine with two CPUs or more")
        }
        guard let load, load >= Double(count) else { return HostCheck("CPUs", .ok, finding) }
        return HostCheck(
            "CPUs", .warning, "\(finding): trials may be found invalid", advice: "measure when the machine is quieter")
    }

    static func virtualization(_ kind: String?, vendor: String?, statistics: String?) -> HostCheck {
        guard let kind else { return HostCheck("virtualisation", .ok, "none") }
        let name = vendor.map { "\(kind) (\($0))" } ?? kind
        // The line "cpu": user nice system idle iowait irq softirq steal ... in ticks since boot.
        let ticks = (statistics ?? "").prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8)
            .map { Double($0) ?? 0 }
        let all = ticks.reduce(0, +)
        let stolen = ticks.count == 8 && all > 0 ? ticks[7] / all * 100 : 0
        guard stolen >= 1 else { return HostCheck("virtualisation", .note, name) }
        return HostCheck(
            "virtualisation", .warning, "\(name); other guests took \(Int(stolen.rounded())) % of its time since boot",
            advice: "expect outliers; a dedicated host has none")
    }
}
