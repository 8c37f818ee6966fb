// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol
internal import Report
internal import SourceText

/// Turns a command's result, or its failure, into output and an exit status.
enum Outcome {
    /// Measured, and over the budget, or not shown to be within it.
    static let overBudget = ExitCode(1)
    static let failed = ExitCode(2)
    static let invalid = ExitCode(3)
    /// 128 + SIGINT, as in shells.
    static let interrupted = ExitCode(130)

    private struct Failure: Encodable {
        struct Problem: Encodable {
            var problem: String
            var advice: String?
            var findings: [String]?
        }
        var schema = 1
        var error: Problem
    }

    /// Runs a command's body; an error becomes a sentence on standard error and status 2.
    static func run(json: Bool, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch let error as OutputFailure {
            throw error
        } catch is Interrupted {
            Terminal.note("rslab: interrupted")
            throw interrupted
        } catch {
            Terminal.endProgress()
            try report(error, json: json)
            throw failed
        }
    }

    private static func report(_ error: any Error, json: Bool) throws(OutputFailure) {
        var failure = Failure.Problem(problem: "\(error)")
        switch error {
        case let error as LabError:
            failure = .init(problem: error.problem, advice: error.advice)
        case let error as any SourceError:
            failure = .init(problem: type(of: error).conclusion, findings: error.findings.map(\.description))
        default:
            break
        }
        for finding in failure.findings ?? [] {
            Terminal.note(finding)
        }
        let advice = failure.advice.map { "; \($0)" } ?? ""
        Terminal.note("rslab: \(failure.problem)\(advice)")
        failure.advice = failure.advice.map(Hint.completed)
        if json { try print(Failure(error: failure)) }
    }

    /// Prints a value as JSON, for people and programs alike.
    static func print(_ value: some Encodable) throws(OutputFailure) {
        try Terminal.output(JSONText.render(value))
    }
}
