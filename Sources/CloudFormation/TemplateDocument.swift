// SPDX-License-Identifier: MIT-0
import SourceText

/// The sections of a template, checked for shape but not yet evaluated.
struct TemplateDocument {
    struct Parameter {
        var name: String
        var position: SourcePosition
        var type: String
        var defaultValue: SourceNode?
        var allowedValues: [String]?

        var isList: Bool { type == "CommaDelimitedList" || type.hasPrefix("List<") || type.contains("<List<") }
    }

    struct Condition {
        var position: SourcePosition
        var node: SourceNode
    }

    /// One entry of the Resources section.
    struct Resource {
        var logicalID: String
        var position: SourcePosition
        var type: String
        var typePosition: SourcePosition
        var properties: [SourceNode.Entry]
        var dependsOn: [(name: String, position: SourcePosition)]
        var condition: (name: String, position: SourcePosition)?

        func property(_ name: String) -> SourceNode.Entry? {
            properties.first { $0.key == name }
        }
    }

    /// CloudFormation's limit for one template.
    static let maximumResourceCount = 500

    private(set) var parameters: [String: Parameter] = [:]
    /// Map name, first key, second key.
    private(set) var mappings: [String: [String: [String: SourceNode]]] = [:]
    private(set) var conditions: [String: Condition] = [:]
    /// In template order.
    private(set) var resources: [Resource] = []
    /// The values and conditions of Outputs, of which only the references are checked.
    private(set) var outputs: [SourceNode] = []

    private static let sections = [
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
        "Transform", "Resources", "Outputs", "Hooks",
    ]
    private static let resourceKeys = [
        "Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy",
        "CreationPolicy", "Metadata",
    ]
    private static let parameterKeys = [
        "Type", "Default", "Description", "AllowedValues", "AllowedPattern", "ConstraintDescription", "MinLength",
        "MaxLength", "MinValue", "MaxValue", "NoEcho",
    ]

    /// Reads the sections of the root; errors go to the log.
    init(root: SourceNode, log: FindingLog) {
        guard let entries = root.entries else {
            log.error(root.position, "a template is a mapping with a Resources section, not \(root.kindName)")
            return
        }
        for entry in entries {
            switch entry.key {
            case "Parameters": readParameters(entry.value, log)
            case "Mappings": readMappings(entry.value, log)
            case "Conditions":
                for condition in Self.entries(of: entry.value, "Conditions", log) {
                    conditions[condition.key] = Condition(position: condition.keyPosition, node: condition.value)
                }
            case "Resources": readResources(entry.value, log)
            case "Outputs":
                outputs = Self.entries(of: entry.value, "Outputs", log).map(\.value)
            case "Transform":
                log.warning(entry.keyPosition, "transforms are not applied; the template is read as it stands")
            case let key where !Self.sections.contains(key):
                log.error(
                    entry.keyPosition,
                    "unknown section '\(key)'\(suggestion(for: key, among: Self.sections))")
            default: break
            }
        }
        if root["Resources"] == nil {
            log.error(root.position, "the template has no Resources section")
        }
    }

    private static func entries(of node: SourceNode, _ section: String, _ log: FindingLog) -> [SourceNode.Entry] {
        guard let entries = node.entries else {
            log.error(node.position, "\(section) must be a mapping, not \(node.kindName)")
            return []
        }
        return entries
    }

    private mutating func readParameters(_ node: SourceNode, _ log: FindingLog) {
        for entry in Self.entries(of: node, "Parameters", log) {
            for key in Self.entries(of: entry.value, "parameter \(entry.key)", log)
            where !Self.parameterKeys.contains(key.key) {
                log.error(
                    key.keyPosition,
                    "unknown key '\(key.key)' of a parameter\(suggestion(for: key.key, among: Self.parameterKeys))")
            }
            if entry.value.entries != nil, entry.value["Type"]?.text == nil {
                log.error(entry.keyPosition, "parameter \(entry.key) has no Type")
            }
            parameters[entry.key] = Parameter(
                name: entry.key, position: entry.keyPosition, type: entry.value["Type"]?.text ?? "String",
                defaultValue: entry.value["Default"],
                allowedValues: entry.value["AllowedValues"]?.elements?.compactMap(\.text))
        }
    }

    private mutating func readMappings(_ node: SourceNode, _ log: FindingLog) {
        for map in Self.entries(of: node, "Mappings", log) {
            var table: [String: [String: SourceNode]] = [:]
            for first in Self.entries(of: map.value, "map \(map.key)", log) {
                for second in Self.entries(of: first.value, "\(map.key).\(first.key)", log) {
                    table[first.key, default: [:]][second.key] = second.value
                }
            }
            mappings[map.key] = table
        }
    }

    private mutating func readResources(_ node: SourceNode, _ log: FindingLog) {
        let entries = Self.entries(of: node, "Resources", log)
        guard entries.count <= Self.maximumResourceCount else {
            log.error(
                node.position,
                "\(entries.count) resources; CloudFormation accepts \(Self.maximumResourceCount) in one template")
            return
        }
        for entry in entries {
            if let resource = Self.resource(entry, log) { resources.append(resource) }
        }
    }

    private static func resource(_ entry: SourceNode.Entry, _ log: FindingLog) -> Resource? {
        let name = entry.key
        if name.isEmpty || name.utf8.count > 255 || !name.utf8.allSatisfy(isAlphanumeric) {
            log.error(entry.keyPosition, "logical id '\(name)' must be 1 to 255 letters and digits")
        }
        for key in entries(of: entry.value, "resource \(name)", log) where !resourceKeys.contains(key.key) {
            log.error(
                key.keyPosition,
                "unknown key '\(key.key)' of a resource\(suggestion(for: key.key, among: resourceKeys))")
        }
        guard entry.value.entries != nil else { return nil }
        guard let type = entry.value["Type"], let typeName = type.text else {
            log.error(entry.keyPosition, "resource \(name) has no Type")
            return nil
        }
        var resource = Resource(
            logicalID: name, position: entry.keyPosition, type: typeName, typePosition: type.position,
            properties: [], dependsOn: [])
        if let properties = entry.value["Properties"] {
            if case .null = properties.content {
                // `Properties:` with nothing below it means no properties.
            } else {
                resource.properties = entries(of: properties, "Properties of \(name)", log)
            }
        }
        if let dependsOn = entry.value["DependsOn"] {
            for item in dependsOn.elements ?? [dependsOn] {
                guard let text = item.text else {
                    log.error(item.position, "DependsOn takes a logical id or a list of them, not \(item.kindName)")
                    continue
                }
                resource.dependsOn.append((text, item.position))
            }
        }
        if let condition = entry.value["Condition"] {
            if let text = condition.text {
                resource.condition = (text, condition.position)
            } else {
                log.error(condition.position, "Condition takes the name of a condition, not \(condition.kindName)")
            }
        }
        return resource
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}
