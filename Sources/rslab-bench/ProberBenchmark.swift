// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NetlinkTopology
internal import NodeProtocol
internal import WireFormat

/// Pings along one link, by rslab's prober and by fping, in turns.
///
/// Both are judged by the same witness: a raw socket at the far end, with the kernel's receive stamps.
final class ProberBenchmark {
    private static let address = IPv4Address(bits: 0x0A09_0002)
    private static let fping = ["/usr/bin/fping", "/usr/sbin/fping", "/usr/local/sbin/fping", "/usr/local/bin/fping"]
    /// The same as the prober requests.
    private static let fifoPriority: Int32 = 50

    private let near: NetworkNamespace
    private let far: NetworkNamespace
    private let witness: OwnedDescriptor
    private let time: Duration

    /// One program's result in one round.
    private struct Outcome {
        var lateness: [Double] = []
        var gap: [Double] = []
        var lost: [Double] = []
        var cpu: [Double] = []

        mutating func add(_ other: Outcome) {
            lateness += other.lateness
            gap += other.gap
            lost += other.lost
            cpu += other.cpu
        }
    }

    /// - Parameter time: how long each program sends in each round.
    init(time: Duration) throws {
        self.time = time
        near = try NetworkNamespace.create(name: "near")
        far = try NetworkNamespace.create(name: "far")
        let topology = try TopologySocket(in: near)
        let farTopology = try TopologySocket(in: far)
        try topology.addVeth(
            VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: near,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: far)
        try farTopology.setUp(index: 2)
        try topology.addAddress(.v4(IPv4Address(bits: 0x0A09_0001)), prefixLength: 24, index: 2)
        try farTopology.addAddress(.v4(Self.address), prefixLength: 24, index: 2)
        _ = try topology.settledLink(index: 2)
        witness = OwnedDescriptor(
            adopting: try far.perform { () throws(SystemError) in
                let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
                let raw = try systemCall("open", "raw socket") { socket(AF_INET, type, Int32(IPPROTO_ICMP)) }
                try checked("filter", "raw socket", rslab_accept_icmp_types(raw, 1 << 8))
                try checked("switch stamps on for", "raw socket", rslab_enable_stamps(raw))
                var room: Int32 = 128 << 20
                _ = setsockopt(raw, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<Int32>.size))
                return raw
            })
    }

    func run(rounds: Int, interval: Milliseconds) throws -> [Comparison] {
        guard let fping = Self.fping.first(where: { access($0, X_OK) == 0 }) else {
            throw BenchmarkError("fping is not installed: run 'sudo apt-get install fping'")
        }
        var (own, plain, realTime) = (Outcome(), Outcome(), Outcome())
        for round in 0..<rounds {
            // The first to run meets different conditions than the last.
            for turn in 0..<3 {
                switch (turn + round) % 3 {
                case 0: own.add(try runProber(interval))
                case 1: plain.add(try run(fping, interval, isRealTime: false))
                default: realTime.add(try run(fping, interval, isRealTime: true))
                }
            }
        }
        let what = interval.nanoseconds >= 1_000_000 ? "1 ms" : "10,000/s"
        func compare(
            _ name: String, _ unit: String, _ part: (Outcome) -> [Double]
        ) -> [Comparison] {
            [("fping", plain), ("fping, SCHED_FIFO", realTime)].map { peer, outcome in
                Comparison(
                    "prober at \(what): \(name)", unit: unit, rslab: part(own), peer: .init(peer, part(outcome)))
            }
        }
        return compare("lateness on schedule, p99", "µs", \.lateness) + compare("gap beyond interval, p99", "µs", \.gap)
            + compare("lost", "probes", \.lost) + compare("CPU a 10,000 probes", "s", \.cpu)
    }

    // MARK: Runs

    private func runProber(_ interval: Milliseconds) throws -> Outcome {
        let records = try Pipe()
        let stop = try Pipe()
        let settings = ProberProgramSettings(
            destinations: [.init(stream: 0, address: .v4(Self.address))],
            schedule: ProbeSchedule(interval: interval, frequentCount: 1), cookie: .random(in: .min ... .max),
            messageByteCount: 64, linger: .milliseconds(200))
        let file = "/tmp/rslab-bench.\(getpid()).json"
        try replaceFile(file, with: JSON.encode(settings))
        defer { unlink(file) }
        var child = ChildProcess(executable: try Executables.path("rslab-node"), arguments: ["prober", file])
        child.networkNamespace = near.descriptor.rawValue
        child.extraDescriptors = [records.writeEnd, stop.readEnd]
        let before = Self.cpuSecondsOfChildren
        let started = try child.start()
        records.close(records.writeEnd)
        stop.close(stop.readEnd)
        var arrivals: [Arrival] = []
        var ledger = ProbeLedger(settings: ProbeSettings(interval: interval), instances: [:])
        var stream = ProbeRecordStream()
        var buffer = [UInt8](repeating: 0, count: 65536)
        setBlocking(records.readEnd, false)
        let deadline = Instant.now + time
        reading: while true {
            if Instant.now >= deadline { stop.close(stop.writeEnd) }
            collect(into: &arrivals)
            try DedicatedThread.pause(.milliseconds(2))
            octets: while true {
                switch readOnce(records.readEnd, into: &buffer) {
                case .octets(let count):
                    stream.append(contentsOf: buffer.prefix(count))
                    while let record = try stream.next() { ledger.record(record) }
                case .nothingNow: break octets
                case .end, .failed: break reading
                }
            }
        }
        _ = try waitForChild(started.processID)
        collect(into: &arrivals)
        let counts = ledger.counts()
        return outcome(
            arrivals, isNumbered: true, interval, lost: counts.lost, sent: counts.sent,
            cpu: Self.cpuSecondsOfChildren - before)
    }

    private func run(_ fping: String, _ interval: Milliseconds, isRealTime: Bool) throws -> Outcome {
        let count = Int(time.nanoseconds / interval.nanoseconds)
        let output = try Pipe()
        var child = ChildProcess(
            executable: fping,
            arguments: [
                "-q", "-b", "56", "-c", "\(count)", "-i", "\(interval.value)", "-p", "\(interval.value)",
                "\(Self.address)",
            ])
        child.networkNamespace = near.descriptor.rawValue
        child.standardDescriptors = [nil, nil, output.writeEnd]
        let before = Self.cpuSecondsOfChildren
        // A child inherits its parent thread's scheduling policy.
        let order = child
        let started = try DedicatedThread.perform { () throws(SystemError) in
            if isRealTime {
                var parameter = sched_param(sched_priority: Self.fifoPriority)
                _ = try systemCall("set", "SCHED_FIFO") { sched_setscheduler(0, SCHED_FIFO, &parameter) }
            }
            return try order.start().processID
        }
        output.close(output.writeEnd)
        setBlocking(output.readEnd, false)
        var arrivals: [Arrival] = []
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        reading: while true {
            collect(into: &arrivals)
            try DedicatedThread.pause(.milliseconds(2))
            switch readOnce(output.readEnd, into: &buffer) {
            case .octets(let count): text += buffer.prefix(count)
            case .nothingNow: continue
            case .end, .failed: break reading
            }
        }
        _ = try waitForChild(started)
        collect(into: &arrivals)
        let (sent, received) = try Self.counts(in: String(decoding: text, as: UTF8.self))
        return outcome(
            arrivals, isNumbered: false, interval, lost: sent - received, sent: sent,
            cpu: Self.cpuSecondsOfChildren - before)
    }

    /// Parses "10.9.0.2 : xmt/rcv/%loss = 1000/1000/0%, min/avg/max = …".
    private static func counts(in text: String) throws -> (sent: Int, received: Int) {
        guard let match = text.firstMatch(of: /= (\d+)\/(\d+)\/\d+%/), let sent = Int(match.1),
            let received = Int(match.2)
        else { throw BenchmarkError("fping printed something unexpected: \(text)") }
        return (sent, received)
    }

    // MARK: The witness

    private struct Arrival {
        /// The prober's own number; for another program's request, whatever is at that place.
        var sequence: UInt64
        var at: Int64
    }

    private func collect(into arrivals: inout [Arrival]) {
        var buffer = [UInt8](repeating: 0, count: 256)
        var packet = rslab_packet()
        while rslab_receive_packet(witness.rawValue, 4, &buffer, buffer.count, 0, &packet) >= 0 {
            let start = Int(buffer[0] & 15) * 4 + Self.sequenceOffset
            guard packet.count >= start + 8 else { continue }
            let sequence = buffer[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
            arrivals.append(Arrival(sequence: sequence, at: packet.kernel_realtime_nanoseconds))
        }
    }

    /// Where `EchoMessage` has its full number.
    private static let sequenceOffset = 16

    private func outcome(
        _ arrivals: [Arrival], isNumbered: Bool, _ interval: Milliseconds, lost: Int, sent: Int, cpu: Double
    ) -> Outcome {
        let probes = arrivals.enumerated().map { index, arrival in
            Probe(
                sequence: isNumbered ? arrival.sequence : UInt64(index), sentAt: Instant(nanoseconds: arrival.at),
                fate: .undecided)
        }
        let gaps = zip(arrivals, arrivals.dropFirst()).map { max($1.at - $0.at - interval.nanoseconds, 0) }.sorted()
        let gap = gaps.isEmpty ? 0 : gaps[min(gaps.count * 99 / 100, gaps.count - 1)]
        let lateness = Lateness.of(probes, interval: interval)
        return Outcome(
            lateness: [(lateness?.percentile99.value ?? 0) * 1000], gap: [Double(gap) / 1000], lost: [Double(lost)],
            cpu: [sent == 0 ? 0 : cpu / Double(sent) * 10_000])
    }

    private static var cpuSecondsOfChildren: Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
