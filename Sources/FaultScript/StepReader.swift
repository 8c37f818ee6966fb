// SPDX-License-Identifier: MIT-0
import Measurement
import SourceText
import WireFormat
import YAMLSource

/// The values of one step.
struct StepReader {
    let node: YAMLNode
    let log: FindingLog

    private static let faults = KnownNames("fault", FaultName.allCases)

    private func text(_ key: String) -> (text: String, position: SourcePosition)? {
        guard let value = node[key] else { return nil }
        guard let text = value.text else {
            log.error(value.position, "'\(key)' takes a value, not \(value.kindName)")
            return nil
        }
        return (text, value.position)
    }

    /// A number alone is in `unit`, as in the option of that name.
    func time(_ key: String, numberIn unit: TimeUnit, isNeeded: Bool = false) -> Milliseconds? {
        guard let (text, position) = text(key) else {
            if isNeeded, node[key] == nil { log.error(node.position, "a step needs a time, such as at: 150ms") }
            return nil
        }
        guard let duration = Duration(text, numberIn: unit) else {
            log.error(
                position,
                "'\(key): \(text)' is not a time: write \(Duration.textForm); a number alone is in \(unit.words)")
            return nil
        }
        return Milliseconds(duration)
    }

    private func number<Value: LosslessStringConvertible>(_ key: String, _ type: Value.Type) -> Value? {
        guard let (text, position) = text(key) else { return nil }
        guard let value = Value(text) else {
            log.error(position, "'\(key): \(text)' is not a number")
            return nil
        }
        return value
    }

    func request(_ fault: YAMLNode, target: String?) -> FaultRequest? {
        guard let word = fault.text else {
            log.error(fault.position, "fault takes the name of a fault, not \(fault.kindName)")
            return nil
        }
        let name: FaultName
        do throws(UnknownName) {
            name = try Self.faults.value(of: word)
        } catch {
            log.error(fault.position, error.description)
            return nil
        }
        let parameters = FaultParameters(
            lossShare: number("loss", Double.self).map { $0 / 100 }, count: number("count", Int.self),
            period: time("period", numberIn: .seconds), delay: time("delay", numberIn: .milliseconds),
            jitter: time("jitter", numberIn: .milliseconds),
            gracefulShutdown: number("graceful-shutdown", Bool.self),
            cpuShare: number("cpu", Double.self).map { $0 / 100 }, duration: time("for", numberIn: .seconds))
        for key in parameters.superfluous(for: name) {
            log.error(node[key]?.position ?? node.position, "\(word) takes no '\(key)'")
        }
        if let problem = parameters.problem { log.error(node.position, problem) }
        return FaultRequest(name, target: text("target")?.text ?? target, parameters: parameters)
    }
}
