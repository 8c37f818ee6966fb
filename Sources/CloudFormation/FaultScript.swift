// SPDX-License-Identifier: MIT-0
package import Measurement

/// Reads a sequence of faults: a YAML list of steps, or what a template's metadata says under `rslab: faults:`.
package enum FaultScript {
    private static let keys = [
        "at", "fault", "restore", "target", "for", "loss", "count", "period", "delay", "jitter", "graceful-shutdown",
    ]

    /// Reads a file of its own: a list of steps, or a mapping with that list under `faults`.
    ///
    /// - Throws: every mistake in it, with file:line:column.
    package static func read(_ text: String, file: String) throws(TemplateError) -> FaultSequence {
        let log = FindingLog(file: file)
        guard let root = YAMLReader.read(text, log: log, subject: "the script") else {
            throw TemplateError(findings: log.findings)
        }
        let steps = steps(root["faults"] ?? root, target: nil, log)
        return try sequence(steps, log, missing: "the script has no steps", at: root.position)
    }

    /// Reads what a template's own metadata asks for, and that of its resources, whose faults fall on them.
    ///
    /// - Throws: every mistake in it, with file:line:column; also where there is nothing of it.
    package static func read(template text: String, file: String) throws(TemplateError) -> FaultSequence {
        let log = FindingLog(file: file)
        guard let root = YAMLReader.read(text, log: log) else { throw TemplateError(findings: log.findings) }
        var found: [FaultSequence.Step] = []
        if let node = root["Metadata"]?["rslab"]?["faults"] { found += steps(node, target: nil, log) }
        for resource in root["Resources"]?.entries ?? [] {
            guard let node = resource.value["Metadata"]?["rslab"]?["faults"] else { continue }
            found += steps(node, target: resource.key, log)
        }
        return try sequence(
            found, log, missing: "the template says nothing under Metadata: rslab: faults", at: root.position)
    }

    private static func sequence(
        _ steps: [FaultSequence.Step], _ log: FindingLog, missing: String, at position: SourcePosition
    ) throws(TemplateError) -> FaultSequence {
        if steps.isEmpty, !log.hasErrors { log.error(position, missing) }
        guard !log.hasErrors else { throw TemplateError(findings: log.findings) }
        return FaultSequence(steps: steps)
    }

    private static func steps(_ node: SourceNode, target: String?, _ log: FindingLog) -> [FaultSequence.Step] {
        guard let elements = node.elements else {
            log.error(node.position, "faults are a list of steps, not \(node.kindName)")
            return []
        }
        return elements.compactMap { step($0, target: target, log) }
    }

    private static func step(_ node: SourceNode, target: String?, _ log: FindingLog) -> FaultSequence.Step? {
        guard let entries = node.entries else {
            log.error(node.position, "a step is a mapping such as {at: 0ms, fault: kill}, not \(node.kindName)")
            return nil
        }
        for entry in entries where !keys.contains(entry.key) {
            log.error(
                entry.keyPosition, "unknown key '\(entry.key)' of a step\(suggestion(for: entry.key, among: keys))")
        }
        let reader = StepReader(node: node, log: log)
        guard let at = reader.time("at", isNeeded: true) else { return nil }
        switch (node["fault"], node["restore"]) {
        case (let fault?, nil):
            guard let request = reader.request(fault, target: target) else { return nil }
            return FaultSequence.Step(at: at, fault: request, duration: reader.time("for"))
        case (nil, let restore?):
            for entry in entries where entry.key != "at" && entry.key != "restore" && keys.contains(entry.key) {
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

/// The values of one step.
private struct StepReader {
    let node: SourceNode
    let log: FindingLog

    private func text(_ key: String) -> (text: String, position: SourcePosition)? {
        guard let value = node[key] else { return nil }
        guard let text = value.text else {
            log.error(value.position, "'\(key)' takes a value, not \(value.kindName)")
            return nil
        }
        return (text, value.position)
    }

    func time(_ key: String, isNeeded: Bool = false) -> Milliseconds? {
        guard let (text, position) = text(key) else {
            if isNeeded, node[key] == nil { log.error(node.position, "a step says when, such as at: 150ms") }
            return nil
        }
        let isZero = text.prefix { $0 == "0" }.count == text.count && !text.isEmpty
        if isZero || ["0us", "0ms", "0s"].contains(text) { return .zero }
        guard let time = Milliseconds(time: text) else {
            log.error(position, "'\(key): \(text)' is no time: write a number with us, ms or s behind it")
            return nil
        }
        return time
    }

    private func number<Value: LosslessStringConvertible>(_ key: String, _ type: Value.Type) -> Value? {
        guard let (text, position) = text(key) else { return nil }
        guard let value = Value(text) else {
            log.error(position, "'\(key): \(text)' is no number")
            return nil
        }
        return value
    }

    func request(_ fault: SourceNode, target: String?) -> FaultRequest? {
        guard let word = fault.text, let name = FaultName(rawValue: word) else {
            let names = FaultName.allCases.map(\.rawValue)
            log.error(
                fault.position,
                "unknown fault '\(fault.text ?? fault.kindName)'\(suggestion(for: fault.text ?? "", among: names))")
            return nil
        }
        let parameters = FaultParameters(
            lossShare: number("loss", Double.self).map { $0 / 100 }, count: number("count", Int.self),
            period: time("period"), delay: time("delay"), jitter: time("jitter"),
            gracefulShutdown: number("graceful-shutdown", Bool.self))
        for key in parameters.superfluous(for: name) {
            log.error(node[key]?.position ?? node.position, "\(word) takes no '\(key)'")
        }
        if let problem = parameters.problem { log.error(node.position, problem) }
        return FaultRequest(name, target: text("target")?.text ?? target, parameters: parameters)
    }
}
