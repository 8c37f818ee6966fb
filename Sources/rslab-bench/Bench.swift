// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import Report

/// Why a benchmark has no result, in one sentence.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The programs under test: those built together with this one.
enum Executables {
    static func path(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw BenchmarkError("cannot find out where rslab-bench is: is /proc mounted?") }
        let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + name
        guard access(String(path), X_OK) == 0 else { throw BenchmarkError("\(path) is missing: build it first") }
        return String(path)
    }
}

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rslab-bench",
        abstract: "Measures rslab and its peers in turns, in one run, and prints the ratios.",
        discussion: """
            prober   rslab's prober and fping along one link: lateness, loss and CPU time at 1 ms and at 10,000 a second
            routes   10,000 routes moved to another next hop: rslab's writer and a bare libmnl loop in C
            rib      one path of 1,000 and one prefix of 100,000 changes: the cost compared with a small RIB
            bfd      blackholes with BFD at 10, 20 and 50 ms x 3: how much later than RFC 5880 allows they are detected
            labs     how long up and down take

            Everything happens in separate network namespaces; nothing on the host is changed. Needs root.

            On a machine that others also use, trust the ratios more than the figures, because both sides take turns on
            the same machine in the same minute. Look at min to max before the median: if the two ranges overlap,
            neither is faster. If a median moves by more than a tenth from one run to the next, the machine was busy:
            use more --rounds, do not pick the better of two runs. On a virtual machine that has to share its CPUs
            (steal), the largest lateness says nothing about either program.
            """)

    enum Benchmark: String, CaseIterable, ExpressibleByArgument {
        case prober, routes, rib, bfd, labs
    }

    @Argument(help: "Which to run; all by default.")
    var benchmarks: [Benchmark] = Benchmark.allCases
    @Option(help: "How many turns each side has.")
    var rounds = 5
    @Option(help: "For prober: how many seconds each program sends per turn.")
    var seconds = 5.0
    @Flag(help: "One short round of everything, to see that it works.")
    var smoke = false
    @Flag(help: "Print the results as JSON on standard output.")
    var json = false

    func validate() throws {
        guard rounds > 0, seconds > 0, seconds <= 3600 else {
            throw ValidationError("--rounds and --seconds must be above 0, and --seconds at most 3600")
        }
    }

    func run() throws {
        guard geteuid() == 0 else { throw BenchmarkError("rslab-bench needs root: run it with sudo") }
        let rounds = smoke ? 1 : rounds
        let time = Duration.nanoseconds(Int64((smoke ? 0.3 : seconds) * 1e9))
        var comparisons: [Comparison] = []
        for benchmark in Benchmark.allCases where benchmarks.contains(benchmark) {
            var new: [Comparison] = []
            switch benchmark {
            case .prober:
                let prober = try ProberBenchmark(time: time)
                for interval in [Milliseconds(1), Milliseconds(0.1)] {
                    new += try prober.run(rounds: rounds, interval: interval)
                }
            case .routes: new = try RouteBenchmark.run(rounds: rounds)
            case .rib: new = try RIBBenchmark.run(rounds: rounds, isSmoke: smoke)
            case .bfd: new = try LabBenchmark.runBFD(trials: smoke ? 1 : 2 * rounds)
            case .labs: new = try LabBenchmark.runUpAndDown(rounds: rounds)
            }
            comparisons += new
        }
        guard json else {
            let isTerminal = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
            return print(comparisons.text(isTerminal ? .colour : .plain), terminator: "")
        }
        print(String(decoding: JSON.encode(Document(comparisons: comparisons)), as: UTF8.self))
    }

    private struct Document: Encodable {
        var schema = 1
        var comparisons: [Comparison]
    }
}
