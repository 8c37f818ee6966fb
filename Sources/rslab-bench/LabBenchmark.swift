// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The built rslab, run as a user runs it: how fast labs start and stop, and how late BFD is.
enum LabBenchmark {
    static func runUpAndDown(rounds: Int) throws -> [Comparison] {
        let name = "bench-\(getpid())"
        var (ups, downs): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            try downOnFailure(name) {
                ups.append(try milliseconds { _ = try rslab("up", "--name", name) })
                downs.append(try milliseconds { _ = try rslab("down", "--name", name) })
            }
        }
        return [
            Comparison("up, until all is ready", unit: "ms", rslab: ups, target: "below 2000"),
            Comparison("down", unit: "ms", rslab: downs, target: "below 1000"),
        ]
    }

    /// How much later than the detection time allows, counted from the fault: at most 0 by RFC 5880 section 6.8.4.
    static func runBFD(trials: Int) throws -> [Comparison] {
        let name = "bench-bfd-\(getpid())"
        var comparisons: [Comparison] = []
        for interval in [10, 20, 50] {
            let text = try downOnFailure(name) {
                _ = try rslab("up", "--name", name, "--bfd", "\(interval)x3")
                let text = try rslab(
                    "failover", "--name", name, "--measure", "--fault", "blackhole", "--trials", "\(trials)",
                    "--validation", "200ms", "--json", allowing: [0, 3])
                _ = try rslab("down", "--name", name)
                return text
            }
            let run = try JSON.decode(Run.self, from: text)
            let limit = Milliseconds(Double(interval * 3))
            let detections = run.trials.compactMap(\.timeline.detection)
            let invalid = run.trials.count - run.validTrials.count
            let remark = invalid == 0 ? "" : "; \(invalid) of \(run.trials.count) trials invalid"
            comparisons += [
                Comparison(
                    "BFD \(interval) ms x 3: detection", unit: "ms", rslab: detections.map(\.value),
                    target: "\(interval * 2) to \(interval * 3)\(remark)"),
                Comparison(
                    "BFD \(interval) ms x 3: beyond its time", unit: "ms",
                    rslab: detections.map { max($0 - limit, .zero).value }, target: "0"),
            ]
        }
        return comparisons
    }

    /// A lab in which something failed is not left behind.
    private static func downOnFailure<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            // The first failure is the one reported.
            _ = try? rslab("down", "--name", name)
            throw error
        }
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = Instant.now
        try body()
        return Milliseconds(Instant.now - start).value
    }

    /// Runs rslab to its end, and returns its standard output.
    private static func rslab(_ words: String..., allowing: Set<Int32> = [0]) throws -> [UInt8] {
        let output = try Pipe()
        var child = ChildProcess(
            executable: try Executables.path("rslab"), arguments: words,
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"])
        child.standardDescriptors = [nil, output.writeEnd, 2]
        let started = try child.start()
        output.close(output.writeEnd)
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        reading: while true {
            switch readOnce(output.readEnd, into: &buffer) {
            case .octets(let count): octets += buffer.prefix(count)
            case .nothingNow: continue
            case .end, .failed: break reading
            }
        }
        let status = try waitForChild(started.processID)
        guard allowing.contains(status) else {
            throw BenchmarkError("'rslab \(words.joined(separator: " "))' ended with status \(status)")
        }
        return octets
    }
}
