// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem

/// Who used the CPUs, by the kernel's own accounts (`/proc/stat` and `/proc/PID/stat`), never by sampling.
struct CPUAccount {
    /// Clock ticks since boot that any CPU was busy, or taken by the hypervisor.
    private let busyTicks: UInt64
    /// Ticks of all kinds, idle included.
    private let allTicks: UInt64
    /// Ticks that the hypervisor gave to others while this machine wanted to run.
    private let stolenTicks: UInt64
    /// What the lab's processes and this one used.
    private let ownTicks: UInt64

    /// Reads the accounts as they are now.
    init(labInit: Int32) throws(SystemError) {
        let fields = try readTextFile("/proc/stat").prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            .map { UInt64($0) ?? 0 }
        // user nice system idle iowait irq softirq steal (guest is part of user)
        let counted = fields.prefix(8)
        let idle = fields.dropFirst(3).prefix(2).reduce(0, +)
        allTicks = counted.reduce(0, +)
        busyTicks = allTicks - idle
        stolenTicks = fields.count > 7 ? fields[7] : 0
        ownTicks = Self.ticks(ofTree: [labInit, getpid()])
    }

    /// The part of all CPUs' time that the hypervisor gave to others since `start`: 0...1.
    func stealShare(since start: CPUAccount) -> Double {
        let all = Double(allTicks) - Double(start.allTicks)
        guard all > 0 else { return 0 }
        return min(max((Double(stolenTicks) - Double(start.stolenTicks)) / all, 0), 1)
    }

    /// The part of all CPUs that others took since `start`: 0...1.
    func foreignShare(since start: CPUAccount) -> Double {
        let all = Double(allTicks) - Double(start.allTicks)
        guard all > 0 else { return 0 }
        let busy = Double(busyTicks) - Double(start.busyTicks)
        // Processes that ended in between took their account along; that only makes others look busier.
        let own = max(Double(ownTicks) - Double(start.ownTicks), 0)
        return min(max((busy - own) / all, 0), 1)
    }

    /// User and system time of these processes, of their children that were waited for, and of all that descend from them.
    private static func ticks(ofTree roots: [Int32]) -> UInt64 {
        var children: [Int32: [Int32]] = [:]
        var ticks: [Int32: UInt64] = [:]
        for name in namesInDirectory("/proc") {
            // A process that ended since the listing has no account any more.
            guard let processID = Int32(name), let text = try? readTextFile("/proc/\(name)/stat"),
                let end = text.lastIndex(of: ")")
            else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 15, let parent = Int32(fields[1]) else { continue }
            children[parent, default: []].append(processID)
            ticks[processID] = fields[11...14].reduce(0) { $0 + (UInt64($1) ?? 0) }
        }
        var total: UInt64 = 0
        var open = roots
        while let processID = open.popLast() {
            total += ticks[processID] ?? 0
            open += children[processID] ?? []
        }
        return total
    }
}
