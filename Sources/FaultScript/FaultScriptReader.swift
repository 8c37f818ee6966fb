// SPDX-License-Identifier: MIT-0
import Measurement
import SourceText
import WireFormat
import YAMLSource

/// Turns the nodes of a script into steps, and records the mistakes in them.
struct FaultScriptReader {
    let log: FindingLog

    private static let keys = ["at", "fault", "restore", "target"] + FaultParameter.allCases.map(\.rawValue)

    init(file: String) {
        log = FindingLog(file: file)
    }

    var error: FaultScriptError { FaultScriptError(findings: log.findings) }

    func steps(_ node: YAMLNode, target: String?) -> [FaultSequence.Step] {
        guard let elements = node.elements else {
            log.error(node.position, "faults are a list of steps, not \(node.kindName)")
            return []
        }
        return elements.compactMap { step($0, target: target) }
    }

    private func step(_ node: YAMLNode, target: String?) -> FaultSequence.Step? {
        guard let entries = node.entries else {
            log.error(node.position, "a step is a mapping such as {at: 0ms, fault: kill}, not \(node.kindName)")
            return nil
        }
        for entry in entries where !Self.keys.contains(entry.key) {
            log.error(
                entry.keyPosition, "unknown key '\(entry.key)' of a step\(suggestion(for: entry.key, among: Self.keys))"
            )
        }
        let reader = StepReader(node: node, log: log)
        guard let at = reader.time("at", numberIn: .seconds, isNeeded: true) else { return nil }
        switch (node["fault"], node["restore"]) {
        case (let fault?, nil):
            guard let request = reader.request(fault, target: target) else { return nil }
            return FaultSequence.Step(at: at, fault: request)
        case (nil, let restore?):
            for entry in entries where entry.key != "at" && entry.key != "restore" && Self.keys.contains(entry.key) {
                log.error(entry.keyPosition, "a step that restores takes no '\(entry.key)'")
            }
            guard let name = restore.text else {
                log.error(restore.position, "restore takes a target or 'all', not \(restore.kindName)")
                return nil
            }
            return FaultSequence.Step(at: at, restore: name)
        case (nil, nil): log.error(node.position, "a step has either 'fault' or 'restore'")
        case (_?, _?): log.error(node.position, "a step has 'fault' or 'restore', not both")
        }
        return nil
    }
}
