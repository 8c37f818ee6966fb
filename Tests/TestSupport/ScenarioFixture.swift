// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import Yams

/// A file of `fixtures/scenarios/`: one way in which failovers succeed or fail, as steps of rslab with the expected
/// results.
package struct ScenarioFixture: Decodable {
    /// One command on the scenario's lab.
    package struct Step: Decodable {
        /// The words after `rslab`; `--name` and `--json` are added.
        package var rslab: String
        /// The expected exit status; by default 0, and with `--measure` also 3: a trial disturbed by a busy machine.
        package var status: [Int32]?
        /// The expected values at places in its JSON output, as `JSONValue` reads them.
        package var expect: [String: String]?
        /// Whether to repeat the command until they match, for up to a few seconds.
        package var eventually: Bool?

        package var arguments: [String] { rslab.split(separator: " ").map(String.init) }
        package var isMeasured: Bool { arguments.contains("--measure") }
        /// Whether a time is expected, and not only what happens.
        package var judgesTimes: Bool { expect?.keys.contains { $0.hasSuffix("_ms") } ?? false }
        package var allowedStatus: [Int32] { status ?? (isMeasured ? [0, 3] : [0]) }
    }

    /// One line on what users observe, and where it was reported.
    package var title: String
    package var source: String
    /// One line on the expected outcome.
    package var outcome: String
    /// A file of `fixtures/templates/`.
    package var template: String
    package var parameters: [String: String]?
    /// Additional arguments for `rslab up`.
    package var up: String?
    /// The expected exit status of `rslab up`; 0 by default.
    package var ready: Int32?
    /// Texts that `rslab up` must print besides its result.
    package var says: [String]?
    package var steps: [Step]

    package static let names = (try? Fixture.names(in: "scenarios", suffix: ".yaml")) ?? []

    /// Those that expect times.
    package static let timed = names.filter(judgesTimes)
    package static let untimed = names.filter { !judgesTimes($0) }

    /// One that cannot be read is untimed, and its test says why.
    private static func judgesTimes(_ name: String) -> Bool {
        (try? ScenarioFixture(named: name))?.steps.contains(where: \.judgesTimes) ?? false
    }

    package init(named name: String) throws {
        self = try YAMLDecoder().decode(Self.self, from: Fixture.text("scenarios/\(name)"))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        title = try container.decode(String.self, forKey: .title)
        source = try container.decode(String.self, forKey: .source)
        outcome = try container.decode(String.self, forKey: .outcome)
        template = try container.decode(String.self, forKey: .template)
        parameters = try container.decodeIfPresent([String: String].self, forKey: .parameters)
        up = try container.decodeIfPresent(String.self, forKey: .up)
        ready = try container.decodeIfPresent(Int32.self, forKey: .ready)
        says = try container.decodeIfPresent([String].self, forKey: .says)
        steps = try container.decodeIfPresent([Step].self, forKey: .steps) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case title, source, outcome, template, parameters, up, ready, says, steps
    }

    /// The words of `rslab up`.
    package var upArguments: [String] {
        let parameters = (parameters ?? [:]).sorted { $0.key < $1.key }
        return [Fixture.path("templates/\(template)")]
            + parameters.flatMap { ["--parameter", "\($0.key)=\($0.value)"] }
            + (up ?? "").split(separator: " ").map(String.init)
    }
}

/// A JSON value, as far as steps look into it.
package enum JSONValue: Decodable {
    case object([String: JSONValue])
    case list([JSONValue])
    case text(String)
    case number(Double)
    case flag(Bool)

    package init(from decoder: any Decoder) throws {
        // Each attempt fails for all other kinds of value.
        if let object = try? [String: JSONValue](from: decoder) {
            self = .object(object)
        } else if let list = try? [JSONValue](from: decoder) {
            self = .list(list)
        } else if let flag = try? Bool(from: decoder) {
            self = .flag(flag)
        } else if let number = try? Double(from: decoder) {
            self = .number(number)
        } else {
            self = .text(try String(from: decoder))
        }
    }

    /// The value at a place below this one; nil if there is none, and for a list without elements.
    ///
    /// `trials / 0 / outage / lost` descends into objects by key and into lists by number. `routes / peer=10.0.1.11,
    /// best=true / as_path` selects the elements of a list that have these values, and the next part applies to the
    /// first of them; `#` counts them.
    package func value(at place: String) -> JSONValue? {
        let found = place.components(separatedBy: " / ").reduce(self as JSONValue?) { $0?.part($1) }
        if case .list(let list) = found, list.isEmpty { return nil }
        return found
    }

    private func part(_ part: String) -> JSONValue? {
        switch self {
        case .object(let object): object[part]
        case .list(let list): Self.part(part, of: list)
        case .text, .number, .flag: nil
        }
    }

    private static func part(_ part: String, of list: [JSONValue]) -> JSONValue? {
        if part == "#" { return .number(Double(list.count)) }
        if let number = Int(part) { return list.indices.contains(number) ? list[number] : nil }
        guard part.contains("=") else { return list.first?.part(part) }
        let conditions = part.components(separatedBy: ", ")
            .map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        return .list(
            list.filter { element in
                conditions.allSatisfy { $0.count == 2 && element.part($0[0])?.text == $0[1] }
            })
    }

    /// In the notation of `expect`.
    package var text: String {
        switch self {
        case .object, .list: "\(self)"
        case .text(let text): text
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        case .flag(let flag): "\(flag)"
        }
    }

    /// Whether the value at a place matches a step's expectation: the exact text, `< 5`, `> 5`, `~ part of a text`, or
    /// `absent`.
    package static func meets(_ value: JSONValue?, _ expected: String) -> Bool {
        guard let text = value?.text else { return expected == "absent" }
        let operand = String(expected.dropFirst(2))
        return switch expected.prefix(2) {
        case "< ": Double(text).flatMap { value in Double(operand).map { value < $0 } } ?? false
        case "> ": Double(text).flatMap { value in Double(operand).map { value > $0 } } ?? false
        case "~ ": text.contains(operand)
        default: text == expected
        }
    }
}
