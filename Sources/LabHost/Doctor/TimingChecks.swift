// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement

/// What decides how punctual a prober is and how precise its stamps are.
enum TimingChecks {
    /// The priority that the prober requests.
    private static let fifoPriority: Int32 = 50

    static func run() -> [HostCheck] {
        realTime() + [throttling(), clockSource(), limits]
    }

    /// How a busy machine affects a verdict.
    private static var limits: HostCheck {
        let limits = Validity.Limits()
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        return HostCheck(
            "validity", .note,
            "a trial is invalid if a probe leaves more than \(limits.proberLateness.value) ms late, a node's timer fires"
                + " more than \(limits.timerLateness.value) ms late, other processes take more than"
                + " \(percent(limits.foreignCPUShare)) of the CPUs or a hypervisor more than"
                + " \(percent(limits.stealShare)); other limits: failover --limit")
    }

    private static func realTime() -> [HostCheck] {
        // On a thread that ends with the check; the memory belongs to this process and is unlocked again.
        let grant: RealTimeGrant
        do throws(SystemError) {
            grant = try DedicatedThread.perform { () throws(SystemError) in
                RealTimeGrant.request(fifoPriority: fifoPriority, lockMemory: true)
            }
        } catch {
            return [HostCheck("SCHED_FIFO", .warning, "\(error)")]
        }
        if grant.isMemoryLocked { munlockall() }
        return [
            grant.fifoPriority != nil
                ? HostCheck("SCHED_FIFO", .ok, "granted")
                : HostCheck(
                    "SCHED_FIFO", .warning, "refused: probes are sent less punctually on a busy machine",
                    advice: "run as root; in a container, add CAP_SYS_NICE and real-time bandwidth for its cgroup"),
            grant.isMemoryLocked
                ? HostCheck("locked memory", .ok, "granted")
                : HostCheck(
                    "locked memory", .warning, "refused: the prober may wait for a page",
                    advice: "run as root, or with CAP_IPC_LOCK or 'ulimit -l unlimited'"),
        ]
    }

    private static func throttling() -> HostCheck {
        let runtime: String
        let period: String
        do throws(SystemError) {
            runtime = try kernelParameter("kernel/sched_rt_runtime_us")
            period = try kernelParameter("kernel/sched_rt_period_us")
        } catch {
            return HostCheck("real-time throttling", .note, "cannot be read: \(error)")
        }
        return throttling(runtimeMicroseconds: runtime, periodMicroseconds: period)
    }

    static func throttling(runtimeMicroseconds: String, periodMicroseconds: String) -> HostCheck {
        let name = "real-time throttling"
        guard let runtime = Int64(runtimeMicroseconds), let period = Int64(periodMicroseconds), period > 0 else {
            return HostCheck(name, .note, "cannot be interpreted: \(runtimeMicroseconds) of \(periodMicroseconds) us")
        }
        guard runtime >= 0 else { return HostCheck(name, .ok, "off") }
        guard runtime < period else { return HostCheck(name, .ok, "real-time threads may use all of a CPU") }
        let percent = Int(Double(runtime) / Double(period) * 100)
        // The prober works a few microseconds per probe.
        guard percent < 50 else {
            return HostCheck(name, .ok, "real-time threads may use \(percent) % of a CPU, more than they need")
        }
        return HostCheck(
            name, .warning, "real-time threads may use only \(percent) % of a CPU",
            advice: "raise kernel.sched_rt_runtime_us (950000 is the kernel's default)")
    }

    private static func clockSource() -> HostCheck {
        do throws(SystemError) {
            let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
            let text = try readTextFile(path)
            return clockSource(String(text.last == "\n" ? text.dropLast() : text[...]))
        } catch {
            return HostCheck("clock source", .note, "cannot be read: \(error)")
        }
    }

    static func clockSource(_ source: String) -> HostCheck {
        // These are read through a device, or not at all between ticks; all others without a system call.
        guard ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit", "xen"].contains(source) else {
            return HostCheck("clock source", .ok, source)
        }
        return HostCheck(
            "clock source", .warning, "\(source): each reading of the clock is slow or coarse",
            advice:
                "see /sys/devices/system/clocksource/clocksource0/available_clocksource for a better one, such as tsc")
    }
}
