// SPDX-License-Identifier: MIT-0
import SourceText

/// Checks every reference of a template without evaluating anything.
///
/// CloudFormation does the same before it creates anything: a name that does not exist is an error wherever it occurs,
/// even in a resource that rslab does not use.
struct ReferenceCheck {
    static let pseudoParameters = [
        "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
        "AWS::StackName", "AWS::URLSuffix",
    ]

    private let document: TemplateDocument
    private let log: FindingLog
    private let resourceTypes: [String: String]
    /// The resources that each resource refers to, in template order.
    private var dependencies: [String: [String]] = [:]
    private var current: String?

    init(document: TemplateDocument, log: FindingLog) {
        self.document = document
        self.log = log
        resourceTypes = Dictionary(
            document.resources.map { ($0.logicalID, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reports unknown names and circular references.
    ///
    /// Returns false if resources depend on each other in a circle, so that evaluating them would never end.
    mutating func run() -> Bool {
        for condition in document.conditions.values {
            check(condition.node, inConditions: true)
        }
        for resource in document.resources {
            current = resource.logicalID
            for entry in resource.properties { check(entry.value) }
            for (name, position) in resource.dependsOn {
                if resourceTypes[name] == nil {
                    log.error(
                        position,
                        "DependsOn names '\(name)', which is not a resource of this template"
                            + suggestion(for: name, among: resourceTypes.keys))
                } else {
                    depend(on: name)
                }
            }
            if let condition = resource.condition { checkCondition(condition.name, at: condition.position) }
        }
        current = nil
        for output in document.outputs {
            check(output)
            if let condition = output["Condition"], let name = condition.text {
                checkCondition(name, at: condition.position)
            }
        }
        return reportCircles()
    }

    private mutating func depend(on name: String) {
        guard let current, resourceTypes[name] != nil else { return }
        dependencies[current, default: []].append(name)
    }

    private mutating func check(_ node: SourceNode, inConditions: Bool = false) {
        switch node.content {
        case .scalar, .null, .invalid: break
        case .sequence(let elements):
            for element in elements { check(element, inConditions: inConditions) }
        case .mapping(let entries):
            for entry in entries { check(entry.value, inConditions: inConditions) }
        case .function(let intrinsic, let argument):
            check(intrinsic, argument, at: node.position, inConditions: inConditions)
        }
    }

    private mutating func check(
        _ intrinsic: Intrinsic, _ argument: SourceNode, at position: SourcePosition, inConditions: Bool
    ) {
        if intrinsic.isConditionFunction, !inConditions {
            log.error(position, "\(intrinsic.longName) can only be used under Conditions")
            return
        }
        switch intrinsic {
        case .ref:
            guard let name = argument.text else {
                log.error(position, "Ref takes a name, not \(argument.kindName)")
                return
            }
            checkName(name, at: position, parametersOnly: inConditions)
        case .getAtt:
            checkAttribute(argument, at: position)
        case .sub:
            checkSub(argument, at: position, inConditions: inConditions)
        case .condition:
            if let name = argument.text { checkCondition(name, at: position) }
        case .if:
            if let name = argument.elements?.first?.text { checkCondition(name, at: position) }
            check(argument, inConditions: inConditions)
        case .findInMap:
            if let name = argument.elements?.first?.text, document.mappings[name] == nil {
                log.error(
                    position, "unknown map '\(name)'\(suggestion(for: name, among: document.mappings.keys))")
            }
            check(argument, inConditions: inConditions)
        case .importValue:
            log.error(position, "Fn::ImportValue is not supported: the exports of other stacks are not known here")
        case .transform, .toJSONString, .length:
            log.error(position, "\(intrinsic.longName) is not supported")
        default:
            check(argument, inConditions: inConditions)
        }
    }

    private mutating func checkName(_ name: String, at position: SourcePosition, parametersOnly: Bool = false) {
        if document.parameters[name] != nil || Self.pseudoParameters.contains(name) { return }
        if parametersOnly {
            log.error(
                position,
                "conditions can refer only to parameters, and '\(name)' is not one"
                    + suggestion(for: name, among: document.parameters.keys))
        } else if resourceTypes[name] != nil {
            depend(on: name)
        } else {
            let known = Array(resourceTypes.keys) + Array(document.parameters.keys) + Self.pseudoParameters
            log.error(
                position,
                "'\(name)' is neither a resource nor a parameter of this template\(suggestion(for: name, among: known))"
            )
        }
    }

    private mutating func checkAttribute(_ argument: SourceNode, at position: SourcePosition) {
        guard let (name, attribute) = attributeReference(argument) else {
            log.error(position, "Fn::GetAtt takes a logical id and the name of an attribute")
            return
        }
        checkAttribute(name, attribute, at: position)
        if let elements = argument.elements, elements.count == 2 { check(elements[1]) }
    }

    private mutating func checkAttribute(_ name: String, _ attribute: String?, at position: SourcePosition) {
        guard let type = resourceTypes[name] else {
            log.error(
                position,
                "'\(name)' is not a resource of this template\(suggestion(for: name, among: resourceTypes.keys))")
            return
        }
        depend(on: name)
        guard let attribute, let schema = ResourceSchema.schema(of: type) else { return }
        if !schema.attributes.contains(attribute) {
            log.error(
                position,
                "\(type) has no attribute '\(attribute)'\(suggestion(for: attribute, among: schema.attributes))")
        }
    }

    private mutating func checkSub(_ argument: SourceNode, at position: SourcePosition, inConditions: Bool) {
        guard let (text, variables) = subArguments(argument) else {
            log.error(position, "Fn::Sub takes a text, or a list of a text and a mapping")
            return
        }
        let local = Set(variables.map(\.key))
        for variable in variables { check(variable.value, inConditions: inConditions) }
        let start = argument.elements?.first?.position ?? argument.position
        for line in text.lines {
            for case .variable(let name) in SubPiece.pieces(of: line.text) where !local.contains(name) {
                // A one-line text is reported where it begins, a line of a block only by its number.
                let place = line.number == start.line ? start : SourcePosition(line: line.number, column: 1)
                if !name.utf8.allSatisfy(Self.isNamePart) {
                    log.error(place, "Fn::Sub takes no '${\(name)}'; write '${!\(name)}' to leave it to the shell")
                } else if name.hasPrefix("AWS::") {
                    checkName(name, at: place, parametersOnly: inConditions)
                } else if let dot = name.firstIndex(of: ".") {
                    checkAttribute(String(name[..<dot]), String(name[name.index(after: dot)...]), at: place)
                } else {
                    checkName(name, at: place, parametersOnly: inConditions)
                }
            }
        }
    }

    /// Whether Fn::Sub accepts the octet in a name: letters, digits, underscore, period and colon.
    private static func isNamePart(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2e, 0x3a: true
        default: false
        }
    }

    private func checkCondition(_ name: String, at position: SourcePosition) {
        if document.conditions[name] == nil {
            log.error(
                position, "unknown condition '\(name)'\(suggestion(for: name, among: document.conditions.keys))")
        }
    }

    /// A depth-first search without recursion; a resource found again while still open closes a circle.
    private func reportCircles() -> Bool {
        enum Visit { case open, done }
        var visits: [String: Visit] = [:]
        var hasNone = true
        for resource in document.resources where visits[resource.logicalID] == nil {
            var path: [(name: String, next: Int)] = [(resource.logicalID, 0)]
            visits[resource.logicalID] = .open
            while let (name, next) = path.last {
                let targets = dependencies[name] ?? []
                guard next < targets.count else {
                    visits[name] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                switch visits[targets[next]] {
                case .done: break
                case .open:
                    hasNone = false
                    let circle = path.map(\.name).drop { $0 != targets[next] } + [targets[next]]
                    let position = document.resources.first { $0.logicalID == targets[next] }?.position ?? .start
                    log.error(position, "resources depend on each other: \(circle.joined(separator: " -> "))")
                case nil:
                    visits[targets[next]] = .open
                    path.append((targets[next], 0))
                }
            }
        }
        return hasNone
    }
}

/// The logical id and attribute of a GetAtt argument: `a.b`, or a list of two; the attribute is nil if it is computed.
func attributeReference(_ argument: SourceNode) -> (resource: String, attribute: String?)? {
    if let text = argument.text {
        guard let dot = text.firstIndex(of: "."), dot != text.startIndex else { return nil }
        let attribute = String(text[text.index(after: dot)...])
        return attribute.isEmpty ? nil : (String(text[..<dot]), attribute)
    }
    guard let elements = argument.elements, elements.count == 2, let name = elements[0].text else { return nil }
    switch elements[1].content {
    case .scalar(let text): return (name, text.text)
    case .function: return (name, nil)
    default: return nil
    }
}

/// The text and the variables of a Sub argument.
func subArguments(_ argument: SourceNode) -> (text: SourcedText, variables: [SourceNode.Entry])? {
    if case .scalar(let text) = argument.content { return (text, []) }
    guard let elements = argument.elements, elements.count == 2, case .scalar(let text) = elements[0].content,
        let variables = elements[1].entries
    else { return nil }
    return (text, variables)
}

/// A piece of a line in a Sub text.
enum SubPiece: Equatable {
    case literal(String)
    /// The name between `${` and `}`.
    case variable(String)

    /// Splits a line; `${!Name}` is the literal `${Name}`.
    static func pieces(of line: String) -> [SubPiece] {
        var pieces: [SubPiece] = []
        var literal = ""
        var rest = Substring(line)
        while let dollar = rest.firstRange(of: "${") {
            guard let end = rest[dollar.upperBound...].firstIndex(of: "}") else { break }
            let name = rest[dollar.upperBound..<end]
            literal += rest[..<dollar.lowerBound]
            if name.hasPrefix("!") {
                literal += "${\(name.dropFirst())}"
            } else {
                let trimmed = name.drop { $0 == " " }
                pieces.append(.literal(literal))
                pieces.append(.variable(String(trimmed.reversed().drop { $0 == " " }.reversed())))
                literal = ""
            }
            rest = rest[rest.index(after: end)...]
        }
        pieces.append(.literal(literal + rest))
        return pieces
    }
}
