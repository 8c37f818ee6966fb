// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import Glibc
internal import LinuxSystem
internal import WireFormat

/// What a lab could have changed on the host, or left behind there.
///
/// Host-wide state (links, addresses, routes, rules, kernel parameters, mounts, firewall) is recorded completely.
/// Processes, run directories and named namespaces are recorded only for the named labs: other ones may come and go
/// meanwhile.
package struct HostSnapshot: Sendable {
    /// One kind of state: lines that are compared as a set.
    private var sections: [String: Set<String>] = [:]
    private var kernelParameters: [String: String] = [:]
    /// Living processes of the labs: numbers and command lines.
    private var processes: [Int32: String] = [:]
    /// Ended orphans of any lab that process 1 has not reaped yet.
    private var unreaped: Set<Int32> = []

    private static let runDirectory = "/run/rslab"

    /// Kernel parameters that change on their own.
    private static let unstableParameters: Set<String> = [
        "kernel/ns_last_pid", "kernel/random/entropy_avail", "kernel/random/uuid", "kernel/pty/nr",
        "kernel/perf_event_max_sample_rate", "kernel/perf_cpu_time_max_percent", "net/netfilter/nf_conntrack_count",
        "kernel/hung_task_detect_count",
    ]

    /// Records the present state.
    package init(labs: [String]) {
        takeHostState(labs: labs)
        takeProcesses(of: labs)
        let present = Set(namesInDirectory(Self.runDirectory))
        var remains = Set(labs.filter(present.contains).map { "\(Self.runDirectory)/\($0)" })
        // Only other labs are a valid reason for it to exist.
        if present.isEmpty, access(Self.runDirectory, F_OK) == 0 { remains.insert(Self.runDirectory) }
        sections["run directory"] = remains
    }

    // MARK: Taking it

    private mutating func takeHostState(labs: [String]) {
        let isOfLab = { (text: String) in labs.contains { text.contains($0) } }
        sections["control group"] = Set(
            ["", "cpu", "cpu,cpuacct"].flatMap { namesInDirectory("/sys/fs/cgroup/\($0)") }.filter {
                $0.hasPrefix("rslab") && isOfLab($0)
            })
        sections["namespace name"] = Set(namesInDirectory("/run/netns").filter(isOfLab))
        sections["mount"] = lines((try? readTextFile("/proc/self/mountinfo")) ?? "")
            .filter { !$0.contains("/run/netns") || isOfLab($0) }
        // The names again, in another way than ip's: it hides nothing and depends on no program.
        let devices = (try? readTextFile("/proc/thread-self/net/dev")) ?? ""
        sections["network device"] = Set(
            devices.split(separator: "\n").compactMap { line in
                line.firstIndex(of: ":").map { String(line[..<$0].trimmingPrefix { $0 == " " }) }
            })
        sections["link"] = output(of: "ip", "-d", "-o", "link", "show")
        sections["address"] = output(of: "ip", "-o", "address", "show")
        sections["neighbour proxy"] = output(of: "ip", "neigh", "show", "proxy")
        for family in ["-4", "-6"] {
            sections["route \(family)"] = output(of: "ip", family, "-d", "route", "show", "table", "all")
            sections["rule \(family)"] = output(of: "ip", family, "rule", "show")
        }
        sections["qdisc"] = output(of: "tc", "qdisc", "show")
        sections["firewall"] = output(of: "nft", "-s", "list", "ruleset")
        for tree in ["net", "kernel"] {
            takeKernelParameters(below: tree)
        }
    }

    private mutating func takeKernelParameters(below path: String) {
        guard let directory = opendir("/proc/sys/\(path)") else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let child = "\(path)/\(name)"
            switch Int(entry.pointee.d_type) {
            case Int(DT_DIR) where name != "." && name != "..":
                takeKernelParameters(below: child)
            case Int(DT_REG) where !Self.unstableParameters.contains(child):
                // An unreadable one (write-only, or not set) is compared as such.
                kernelParameters[child] = (try? kernelParameter(child)) ?? "unreadable"
            default: break
            }
        }
    }

    private mutating func takeProcesses(of labs: [String]) {
        for name in namesInDirectory("/proc") {
            guard let number = Int32(name), number != getpid(),
                let commandLine = try? readTextFile("/proc/\(name)/cmdline")
            else { continue }
            guard !commandLine.isEmpty else {
                if isUnreapedLabProcess(number) { unreaped.insert(number) }
                continue
            }
            let words = commandLine.split(separator: "\0").map(String.init)
            guard words.first?.contains("rslab") == true || words.contains(where: { $0.contains(Self.runDirectory) })
            else { continue }
            let belongs = labs.contains { lab in
                words.contains { $0 == lab || $0.contains("\(Self.runDirectory)/\(lab)/") }
            }
            if belongs { processes[number] = words.joined(separator: " ") }
        }
    }

    private func isUnreapedLabProcess(_ number: Int32) -> Bool {
        guard let status = try? readTextFile("/proc/\(number)/stat") else { return false }
        // Any other parent has to reap its child itself, so it does not count here.
        return ["(rslab) Z 1 ", "(rslab-node) Z 1 "].contains { status.contains($0) }
    }

    /// A program's output, line by line, without times that count down; empty if there is no such program.
    private func output(of program: String, _ arguments: String...) -> Set<String> {
        let candidates = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map { folder in "\(folder)/\(program)" }
        guard let path = candidates.first(where: { candidate in access(candidate, X_OK) == 0 }) else { return [] }
        do {
            let pipe = try DescriptorPair.pipe()
            var child = ChildProcess(executable: path, arguments: arguments, environment: ["LC_ALL=C"])
            child.standardDescriptors = [nil, pipe.far.rawValue, nil]
            let started = try child.start()
            let text = try drain(pipe)
            guard try waitForChild(started.processID) == 0 else { return ["\(program) failed"] }
            return lines(text.replacing(/(valid_lft|preferred_lft|expires) \w+/, with: ""))
        } catch {
            return ["\(program): \(error)"]
        }
    }

    /// Closes the write end, and reads the other to its end.
    private func drain(_ pipe: consuming DescriptorPair) throws(SystemError) -> String {
        let reading = try pipe.near.duplicate()
        _ = consume pipe
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case .octets(let count) = readOnce(reading.rawValue, into: &buffer) {
            text += buffer.prefix(count)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func lines(_ text: String) -> Set<String> {
        Set(text.split(separator: "\n").map(String.init))
    }

    // MARK: Comparing

    /// The differences from an earlier snapshot, in words; empty if there are none.
    package func difference(from earlier: HostSnapshot) -> [String] {
        var differences = hostDifference(from: earlier)
        for (number, commandLine) in processes where earlier.processes[number] == nil {
            differences.append("process \(number) is left: \(commandLine)")
        }
        for line in (sections["run directory"] ?? []).subtracting(earlier.sections["run directory"] ?? []) {
            differences.append("\(line) is left")
        }
        return differences.sorted()
    }

    /// Ended processes of labs that have not been reaped, and that did not exist earlier.
    private func unreapedDifference(from earlier: HostSnapshot) -> [String] {
        unreaped.subtracting(earlier.unreaped).map { "process \($0) has ended and is not reaped" }
    }

    /// The same without what belongs to a running lab: its processes and its run directory.
    package func hostDifference(from earlier: HostSnapshot) -> [String] {
        var differences: [String] = []
        for (section, lines) in sections where section != "run directory" {
            let before = earlier.sections[section] ?? []
            differences += lines.subtracting(before).map { "\(section) is new: \($0)" }
            differences += before.subtracting(lines).map { "\(section) is gone: \($0)" }
        }
        for name in Set(kernelParameters.keys).union(earlier.kernelParameters.keys) {
            let (old, new) = (earlier.kernelParameters[name], kernelParameters[name])
            if old != new {
                differences.append("kernel parameter \(name) was \(old ?? "not there"), is \(new ?? "not there")")
            }
        }
        return differences.sorted()
    }

    /// The differences from an earlier snapshot that remain when the time is over.
    ///
    /// The kernel frees namespaces, and process 1 reaps orphans, in their own time. With some init programs, reaping
    /// takes seconds: `unreaped` says whether to wait for that too.
    package static func lastingDifference(
        from earlier: HostSnapshot, labs: [String], unreaped: Bool = true, within limit: Duration = .seconds(5)
    ) -> [String] {
        let deadline = Instant.now + limit
        var lasting: Set<String>?
        while true {
            let snapshot = HostSnapshot(labs: labs)
            var now = Set(snapshot.difference(from: earlier))
            if unreaped { now.formUnion(snapshot.unreapedDifference(from: earlier)) }
            // A passing difference, from some other lab, does not count.
            lasting = lasting?.intersection(now) ?? now
            guard let lasting, !lasting.isEmpty, Instant.now < deadline else { return (lasting ?? []).sorted() }
            usleep(20_000)
        }
    }
}
