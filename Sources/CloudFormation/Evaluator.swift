// SPDX-License-Identifier: MIT-0
import SourceText

/// A node's value, after its functions have been applied.
struct Value {
    indirect enum Content {
        case text(SourcedText)
        case list([Value])
        case map([(key: String, keyPosition: SourcePosition, value: Value)])
        /// `AWS::NoValue` or an empty scalar: as if it were missing.
        case absent
    }

    var content: Content
    /// Where the value is written, or the function that produced it.
    var position: SourcePosition

    init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
    }

    init(text: String, at position: SourcePosition) {
        content = .text(SourcedText(text, line: position.line))
        self.position = position
    }

    var sourcedText: SourcedText? {
        guard case .text(let text) = content else { return nil }
        return text
    }

    var text: String? { sourcedText?.text }

    var list: [Value]? {
        guard case .list(let list) = content else { return nil }
        return list
    }

    var isAbsent: Bool {
        if case .absent = content { true } else { false }
    }

    subscript(key: String) -> Value? {
        guard case .map(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    var kindName: String {
        switch content {
        case .text: "a value"
        case .list: "a list"
        case .map: "a mapping"
        case .absent: "nothing"
        }
    }
}

/// Applies the intrinsic functions.
///
/// If one of its functions returns nil, the reason is already in the log.
final class Evaluator {
    let document: TemplateDocument
    let log: FindingLog
    /// The value of Ref or GetAtt for a resource; the attribute is nil for Ref.
    var resourceValue: (_ name: String, _ attribute: String?, _ position: SourcePosition) -> Value? = { _, _, _ in nil }

    private let overrides: [String: String]
    private var conditionResults: [String: Bool] = [:]
    private var openConditions: Set<String> = []

    static let region = "us-east-1"
    private static let pseudoParameters = [
        "AWS::AccountId": "123456789012", "AWS::Partition": "aws", "AWS::Region": region,
        "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/rslab/0", "AWS::StackName": "rslab",
        "AWS::URLSuffix": "amazonaws.com",
    ]

    /// Override values come from the user; one that matches no parameter is reported.
    init(document: TemplateDocument, overrides: [String: String], log: FindingLog) {
        self.document = document
        self.overrides = overrides
        self.log = log
        for name in overrides.keys where document.parameters[name] == nil {
            log.error(
                .start,
                "a value was given for parameter '\(name)', which the template does not have"
                    + suggestion(for: name, among: document.parameters.keys))
        }
        for parameter in document.parameters.values { checkAllowed(parameter) }
    }

    func evaluate(_ node: SourceNode) -> Value? {
        switch node.content {
        case .scalar(let text):
            return Value(.text(text), at: node.position)
        case .null:
            return Value(.absent, at: node.position)
        case .invalid:
            return nil
        case .sequence(let elements):
            let values = elements.map { evaluate($0) }
            guard !values.contains(where: { $0 == nil }) else { return nil }
            return Value(.list(values.compactMap { $0 }.filter { !$0.isAbsent }), at: node.position)
        case .mapping(let entries):
            var result: [(key: String, keyPosition: SourcePosition, value: Value)] = []
            var isComplete = true
            for entry in entries {
                guard let value = evaluate(entry.value) else {
                    isComplete = false
                    continue
                }
                if !value.isAbsent { result.append((entry.key, entry.keyPosition, value)) }
            }
            return isComplete ? Value(.map(result), at: node.position) : nil
        case .function(let intrinsic, let argument):
            return apply(intrinsic, argument, at: node.position)
        }
    }

    private func apply(_ intrinsic: Intrinsic, _ argument: SourceNode, at position: SourcePosition) -> Value? {
        switch intrinsic {
        case .ref: return argument.text.flatMap { reference($0, at: position) }
        case .getAtt: return attribute(argument, at: position)
        case .sub: return substitute(argument, at: position)
        case .select: return select(argument, at: position)
        case .getAZs: return availabilityZones(argument, at: position)
        case .join: return join(argument, at: position)
        case .split: return split(argument, at: position)
        case .base64: return encode(argument, at: position)
        case .findInMap: return findInMap(argument, at: position)
        case .cidr: return divide(argument, at: position)
        case .if: return choose(argument, at: position)
        case .equals, .and, .or, .not, .condition, .importValue, .transform, .toJSONString, .length:
            // The reference check has reported it.
            return nil
        }
    }

    // MARK: References

    func reference(_ name: String, at position: SourcePosition) -> Value? {
        if name == "AWS::NoValue" { return Value(.absent, at: position) }
        if name == "AWS::NotificationARNs" { return Value(.list([]), at: position) }
        if let text = Self.pseudoParameters[name] { return Value(text: text, at: position) }
        if let parameter = document.parameters[name] { return value(of: parameter, at: position) }
        return resourceValue(name, nil, position)
    }

    private func value(of parameter: TemplateDocument.Parameter, at position: SourcePosition) -> Value? {
        let text: String
        if let override = overrides[parameter.name] {
            text = override
        } else if let node = parameter.defaultValue {
            switch node.content {
            case .scalar(let scalar): text = scalar.text
            case .null: text = ""
            default:
                log.error(
                    node.position, "the default of parameter \(parameter.name) must be a value, not \(node.kindName)")
                return nil
            }
        } else {
            log.error(
                parameter.position, "parameter \(parameter.name) has no default and no value was given for it")
            return nil
        }
        guard parameter.isList else { return Value(text: text, at: position) }
        let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
        return Value(.list(parts.map { Value(text: trimmed($0), at: position) }), at: position)
    }

    private func checkAllowed(_ parameter: TemplateDocument.Parameter) {
        guard let text = overrides[parameter.name] ?? parameter.defaultValue?.text else { return }
        let position = overrides[parameter.name] == nil ? parameter.defaultValue?.position : nil
        if let allowed = parameter.allowedValues, !parameter.isList, !allowed.contains(text) {
            log.error(
                position ?? parameter.position,
                "'\(text)' is not one of the values that parameter \(parameter.name) allows: "
                    + allowed.joined(separator: ", "))
        }
        if parameter.type == "Number", Double(text) == nil {
            log.error(
                position ?? parameter.position, "parameter \(parameter.name) must be a number, not '\(text)'")
        }
    }

    private func attribute(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let (name, attribute) = attributeReference(argument) else { return nil }
        if let attribute { return resourceValue(name, attribute, position) }
        guard let computed = argument.elements?.last.flatMap(evaluate)?.text else { return nil }
        return resourceValue(name, computed, position)
    }

    private func substitute(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let (text, variables) = subArguments(argument) else { return nil }
        var local: [String: SourcedText] = [:]
        var isComplete = true
        for variable in variables {
            guard let value = evaluate(variable.value), let text = value.sourcedText else {
                isComplete = false
                continue
            }
            local[variable.key] = text
        }
        var result: [SourcedText] = []
        for line in text.lines {
            var built = SourcedText("", line: line.number)
            for piece in SubPiece.pieces(of: line.text) {
                switch piece {
                case .literal(let literal): built.append(SourcedText(literal, line: line.number))
                case .variable(let name):
                    guard let value = local[name] ?? variable(name, at: position) else {
                        isComplete = false
                        continue
                    }
                    // The user looks for it in the text, not where the value comes from.
                    built.append(SourcedText(value.text, line: line.number))
                }
                guard built.utf8Count <= SourcedText.maximumLength else { return tooLong(at: position) }
            }
            result.append(built)
        }
        guard isComplete else { return nil }
        let lines = result.flatMap(\.lines)
        return limited(SourcedText(lines: lines), at: position)
    }

    private func variable(_ name: String, at position: SourcePosition) -> SourcedText? {
        let value: Value?
        if !name.hasPrefix("AWS::"), let dot = name.firstIndex(of: ".") {
            value = resourceValue(String(name[..<dot]), String(name[name.index(after: dot)...]), position)
        } else {
            value = reference(name, at: position)
        }
        guard let value else { return nil }
        switch value.content {
        case .text(let text): return text
        case .list(let list):
            return SourcedText(list.compactMap(\.text).joined(separator: ","), line: position.line)
        case .absent, .map: return SourcedText("", line: position.line)
        }
    }

    func limited(_ text: SourcedText, at position: SourcePosition) -> Value? {
        guard text.utf8Count <= SourcedText.maximumLength else { return tooLong(at: position) }
        return Value(.text(text), at: position)
    }

    private func tooLong(at position: SourcePosition) -> Value? {
        log.error(position, "the text grows beyond \(SourcedText.maximumLength) octets")
        return nil
    }

    // MARK: Conditions

    private func choose(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, elements.count == 3, let name = elements[0].text else {
            log.error(position, "Fn::If takes the name of a condition and two values")
            return nil
        }
        guard let holds = condition(name) else { return nil }
        return evaluate(elements[holds ? 1 : 2])
    }

    /// Whether a condition holds; nil if it is unknown or invalid.
    func condition(_ name: String) -> Bool? {
        if let result = conditionResults[name] { return result }
        guard let condition = document.conditions[name] else { return nil }
        guard openConditions.insert(name).inserted else {
            log.error(condition.position, "condition \(name) depends on itself")
            return nil
        }
        defer { openConditions.remove(name) }
        let result = test(condition.node)
        conditionResults[name] = result
        return result
    }

    private func test(_ node: SourceNode) -> Bool? {
        if let entries = node.entries, entries.count == 1, entries[0].key == "Condition",
            let name = entries[0].value.text
        {
            guard document.conditions[name] != nil else {
                log.error(
                    node.position,
                    "unknown condition '\(name)'\(suggestion(for: name, among: document.conditions.keys))")
                return nil
            }
            return condition(name)
        }
        guard case .function(let intrinsic, let argument) = node.content, intrinsic.isConditionFunction else {
            log.error(node.position, "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition")
            return nil
        }
        if intrinsic == .condition { return argument.text.flatMap(condition) }
        let operands = argument.elements ?? []
        let allowed =
            switch intrinsic {
            case .not: 1...1
            case .equals: 2...2
            default: 2...10
            }
        guard allowed.contains(operands.count) else {
            let count = allowed.count == 1 ? "\(allowed.lowerBound)" : "2 to 10"
            log.error(node.position, "\(intrinsic.longName) takes a list of \(count)")
            return nil
        }
        if intrinsic == .equals {
            guard let left = evaluate(operands[0]), let right = evaluate(operands[1]) else { return nil }
            return (left.text ?? "") == (right.text ?? "")
        }
        let results = operands.map(test)
        guard !results.contains(where: { $0 == nil }) else { return nil }
        return switch intrinsic {
        case .not: results == [false]
        case .and: results.allSatisfy { $0 == true }
        default: results.contains(true)
        }
    }
}

/// The text without leading and trailing blanks.
func trimmed(_ text: some StringProtocol) -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    if let first = scalars.firstIndex(where: { !isBlank($0) }), let last = scalars.lastIndex(where: { !isBlank($0) }) {
        result.append(contentsOf: scalars[first...last])
    }
    return String(result)
}
