// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing
import Yams

/// A file of `fixtures/scenarios/`: one way in which people's failovers fail or not, as steps of rslab with what must come of each.
struct ScenarioFixture: Decodable {
    /// One command on the scenario's lab.
    struct Step: Decodable {
        /// The words after `rslab`; `--name` and `--json` are added.
        var rslab: String
        /// Which exit status is meant; without it 0, and with `--measure` also 3: a trial that a busy machine disturbed.
        var status: [Int32]?
        /// What the JSON that it prints must have at each place, as `JSONValue` reads it.
        var expect: [String: String]?
        /// Whether the command is repeated until that is so, for as long as a few seconds.
        var eventually: Bool?

        var arguments: [String] { rslab.split(separator: " ").map(String.init) }
        var isMeasured: Bool { arguments.contains("--measure") }
        var allowedStatus: [Int32] { status ?? (isMeasured ? [0, 3] : [0]) }
    }

    /// One line of what users see, and where it was met.
    var title: String
    var source: String
    /// One line of what is to come of it.
    var outcome: String
    /// A file of `fixtures/templates/`.
    var template: String
    var parameters: [String: String]?
    /// More words for `rslab up`.
    var up: String?
    /// Which exit status of `rslab up` is meant; 0 unless told.
    var ready: Int32?
    /// A part of what `rslab up` says beside its result.
    var says: [String]?
    var steps: [Step]

    static let names = (try? Fixture.names(in: "scenarios", suffix: ".yaml")) ?? []

    init(named name: String) throws {
        self = try YAMLDecoder().decode(Self.self, from: Fixture.text("scenarios/\(name)"))
    }

    init(from decoder: any Decoder) throws {
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
    var upArguments: [String] {
        let parameters = (parameters ?? [:]).sorted { $0.key < $1.key }
        return [TestLab.fixture("templates/\(template)")]
            + parameters.flatMap { ["--parameter", "\($0.key)=\($0.value)"] }
            + (up ?? "").split(separator: " ").map(String.init)
    }
}

/// A value of JSON, as far as steps look into it.
enum JSONValue: Decodable {
    case object([String: JSONValue])
    case list([JSONValue])
    case text(String)
    case number(Double)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
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

    /// The value at a place below this one; nil where there is none, and for a list of nothing.
    ///
    /// `trials / 0 / outage / lost` goes into objects by key and into lists by number. `routes / peer=10.0.1.11, best=true /
    /// as_path` keeps the elements of a list that have these values, and the next part goes into the first of them; `#` counts
    /// them.
    func value(at place: String) -> JSONValue? {
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

    /// As `expect` writes it.
    var text: String {
        switch self {
        case .object, .list: "\(self)"
        case .text(let text): text
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        case .flag(let flag): "\(flag)"
        }
    }

    /// Whether the value at a place is what a step expects: a text as it is, `< 5`, `> 5`, `~ part of a text`, or `absent`.
    static func meets(_ value: JSONValue?, _ expected: String) -> Bool {
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
