// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabHost
internal import LabModel
internal import LinuxSystem
package import Measurement
internal import NodeProtocol
internal import WireFormat

/// Plants errors into measurements of a lab of its own, and checks that each is reported.
///
/// The measurements are commands of their own, `rslab failover --measure`, as a user runs them: nothing in them knows
/// of a self-test. The first is not disturbed and must be valid; otherwise a doubt would show nothing.
package final class SelfTest {
    /// Intervals at which every error has room: sessions are down 100 to 120 ms after a silent fault.
    private static let labArguments = ["--bfd", "20msx6", "--hold", "9"]
    private static let validation = ["--validation", "200ms"]
    /// A measurement that an error disturbs takes seconds; none may hang.
    private static let measurementTimeout = Duration.seconds(60)
    private static let attempts = 3

    /// What became of one planted error.
    package struct Outcome: Hashable, Sendable, Codable {
        package var name: String
        package var words: String
        package var isCaught: Bool
        /// The doubts of the measurement that it was planted into.
        package var doubts: [Validity.Doubt]
        /// The measurement's exit status.
        package var exitStatus: Int32

        private enum CodingKeys: String, CodingKey {
            case name, words, doubts
            case isCaught = "caught"
            case exitStatus = "exit_status"
        }
    }

    private let executable: String
    private let directory: RunDirectory
    private let onProgress: (String) -> Void
    private let interruption: Interruption

    package init(interruption: Interruption, onProgress: @escaping (String) -> Void) throws {
        executable = try NodePrograms.Executables.find().rslab
        directory = RunDirectory(labName: "self-test-\(getpid())")
        self.interruption = interruption
        self.onProgress = onProgress
    }

    /// Plants the errors one after the other.
    ///
    /// - Returns: an outcome for each.
    /// - Throws: `LabError` if the lab cannot be built, or the measurement without an error is not valid.
    package func run(_ errors: [PlantedError]) throws -> [Outcome] {
        onProgress("building a lab")
        let up = try command(["up"] + Self.labArguments)
        defer {
            // It was built for this test only, and whatever happened, `down` knows what is left of it.
            _ = try? command(["down"])
        }
        guard up.status == 0 else {
            throw LabError("no lab could be built: \(up.lastLine)", advice: "see 'rslab doctor'")
        }
        try requireValidControl()
        return try errors.enumerated().map { number, error in
            onProgress("planting \(number + 1) of \(errors.count): \(error.words)")
            return try outcome(of: error)
        }
    }

    /// The doubts that other work on the machine causes; they hide no planted error.
    private static let contention: Set<Validity.Doubt> = [.foreignCPU, .steal, .proberLate, .timerLate]

    /// A busy machine may disturb a measurement once.
    private func requireValidControl() throws {
        var doubts: Set<Validity.Doubt> = []
        for _ in 0..<Self.attempts {
            onProgress("measuring without an error")
            let measured = try measure(.blackhole, [])
            guard let run = measured.run else { continue }
            doubts = Set(run.trials.flatMap(\.validity.reasons).map(\.doubt))
            if doubts.isSubset(of: Self.contention) { return }
        }
        throw LabError(
            "a measurement without any planted error is not valid either: "
                + doubts.map(\.rawValue).sorted().joined(separator: ", "),
            advice: "see 'rslab doctor', and try it on a machine that does nothing else")
    }

    private func outcome(of error: PlantedError) throws -> Outcome {
        let measured = try measure(error.fault, error.arguments, planting: error)
        let trials = measured.run?.trials ?? []
        let doubts = Set(trials.flatMap(\.validity.reasons).map(\.doubt))
        // Also where other work on the machine makes the trial invalid, and so no promise is judged.
        let isReportedByLoss =
            error.breaksPromise && trials.contains { $0.outage.lostCount > 0 } && measured.status != 0
        let isReportedByFailure = error.doubts.isEmpty && measured.status == 2
        let isReportedByDoubt = !doubts.isDisjoint(with: error.doubts) && measured.status == 3
        // A service that died is started again, for the errors that follow.
        if trials.isEmpty { _ = try command(["restore"]) }
        return Outcome(
            name: error.name, words: error.words,
            // An error that ends the measurement is reported, too, whatever was expected.
            isCaught: isReportedByDoubt || isReportedByLoss || isReportedByFailure
                || (trials.isEmpty && measured.status == 2),
            doubts: doubts.sorted { $0.rawValue < $1.rawValue }, exitStatus: measured.status)
    }

    // MARK: Commands

    private func measure(
        _ fault: FaultName, _ arguments: [String], planting error: PlantedError? = nil
    ) throws -> (status: Int32, run: Run?) {
        let command = try start(
            ["failover", "--measure", "--json", "--fault", fault.rawValue] + Self.validation + arguments)
        let planting = Result { try error.map { try plant($0, into: command) } }
        let status = try command.wait(until: .now + Self.measurementTimeout, interruption)
        try planting.get()
        // Without a result there is no run; its status says so.
        return (status, try? JSON.decode(Run.self, from: command.output))
    }

    /// Waits until the measurement has stored its fault, and plants the error.
    private func plant(_ error: PlantedError, into measurement: SelfTestCommand) throws {
        // The file is replaced when the state changes: to read it all the time would be the load that is planted elsewhere.
        var known: FileVersion?
        repeat {
            if try measurement.hasEnded(by: .now + .milliseconds(1)) { return }
            let present = FileVersion(of: directory.stateFile)
            guard present != known else { continue }
            known = present
            if try !LabState.load(directory).faults.isEmpty { break }
        } while true
        try error.plant(try PlantingGround(directory, armedAt: .now))
    }

    private func command(_ words: [String]) throws -> (status: Int32, lastLine: String) {
        let command = try start(words)
        let status = try command.wait(until: .now + Self.measurementTimeout, interruption)
        return (status, command.lastMessage)
    }

    private func start(_ words: [String]) throws(SystemError) -> SelfTestCommand {
        try SelfTestCommand(executable, words + ["--name", directory.labName])
    }
}
