// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem

/// Who used the CPUs, by the kernel's own accounts (`/proc/stat` and `/proc/PID/stat`), never by sampling.
///
/// "Own" covers the descendants of the lab's init and of this process. A process that ended in between is in its
/// parent's account, to the nanosecond, and a lab's inits reap everything that ends in it: even a process never seen in
/// `/proc` counts. A command of `rslab exec` is its user's, not the lab's.
package struct CPUAccount {
    /// Clock ticks since boot in which any CPU was busy, or taken by the hypervisor.
    private let busyTicks: UInt64
    /// Ticks of all kinds, including idle.
    private let allTicks: UInt64
    /// Ticks that the hypervisor gave to others while this machine wanted to run.
    private let stolenTicks: UInt64
    /// The ticks of own processes.
    private let ownTicks: UInt64

    /// Reads the accounts at present.
    init(labInit: Int32) throws(SystemError) {
        try self.init(roots: [labInit, getpid()])
    }

    /// Reads them with these processes and all their descendants as own.
    package init(roots: [Int32]) throws(SystemError) {
        let fields = try readTextFile("/proc/stat").prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            .map { UInt64($0) ?? 0 }
        // user nice system idle iowait irq softirq steal (guest is part of user)
        let counted = fields.prefix(8)
        let idle = fields.dropFirst(3).prefix(2).reduce(0, +)
        allTicks = counted.reduce(0, +)
        busyTicks = allTicks - idle
        stolenTicks = fields.count > 7 ? fields[7] : 0
        ownTicks = Self.ticks(ofTrees: roots)
    }

    /// The share of all CPUs' time that the hypervisor gave to others since `start`: 0...1.
    func stealShare(since start: CPUAccount) -> Double {
        share(Double(stolenTicks) - Double(start.stolenTicks), since: start)
    }

    /// The share of all CPUs' time that other processes used since `start`: 0...1.
    func foreignShare(since start: CPUAccount) -> Double {
        let busy = Double(busyTicks) - Double(start.busyTicks)
        let own = max(Double(ownTicks) - Double(start.ownTicks), 0)
        return share(busy - own, since: start)
    }

    private func share(_ ticks: Double, since start: CPUAccount) -> Double {
        let all = Double(allTicks) - Double(start.allTicks)
        guard all > 0 else { return 0 }
        return min(max(ticks / all, 0), 1)
    }

    /// The CPU time of own processes since `start`.
    package func ownTime(since start: CPUAccount) -> Duration {
        let ticks = max(Int64(ownTicks) - Int64(start.ownTicks), 0)
        return .seconds(ticks) / sysconf(Int32(_SC_CLK_TCK))
    }

    /// The CPU time of other processes since `start`, on all CPUs together.
    package func foreignTime(since start: CPUAccount) -> Duration {
        let ticks = Int64(busyTicks) - Int64(start.busyTicks)
        return max(.seconds(ticks) / sysconf(Int32(_SC_CLK_TCK)) - ownTime(since: start), .zero)
    }

    /// The tree's account, read again until no process came or went meanwhile: one that ends during the reading would
    /// be missed, or count twice.
    private static func ticks(ofTrees roots: [Int32]) -> UInt64 {
        var (ticks, members) = read(roots)
        for _ in 0..<5 {
            let former = members
            (ticks, members) = read(roots)
            if members == former { break }
        }
        return ticks
    }

    /// User and system time of these processes, of their reaped children, and of all their descendants.
    private static func read(_ roots: [Int32]) -> (ticks: UInt64, members: Set<Int32>) {
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
        var members: Set<Int32> = []
        var open = roots
        while let processID = open.popLast() {
            // One root may descend from another.
            guard members.insert(processID).inserted else { continue }
            total += ticks[processID] ?? 0
            open += children[processID] ?? []
        }
        return (total, members)
    }
}
