// SPDX-License-Identifier: MIT-0
import SourceText
import WireFormat

/// Checks values against the shape of their property.
struct PropertyCheck {
    let log: FindingLog

    /// Whether the value has the shape; if not, the log has the reason.
    func conforms(_ value: Value, to shape: PropertyShape, name: String) -> Bool {
        switch shape {
        case .unused: return true
        case .list(let element): return conformsToList(value, of: element, name: name)
        case .object(let shape): return conformsToObject(value, shape, name: name)
        default: break
        }
        guard let text = value.text else {
            log.error(value.position, "\(name) must be \(Self.describe(shape)), not \(value.kindName)")
            return false
        }
        let fits: Bool
        switch shape {
        case .integer(let range): fits = Int(text).map(range.contains) ?? false
        case .boolean: fits = Self.boolean(text) != nil
        case .oneOf(let words): fits = words.contains(text)
        case .cidr: fits = Self.block(text) != nil
        case .address: fits = IPAddress(text) != nil
        case .text, .list, .object, .unused: fits = true
        }
        if !fits {
            log.error(value.position, "\(name) must be \(Self.describe(shape)), not '\(text)'")
        } else if case .cidr = shape, IPPrefix(text) == nil, let block = Self.block(text) {
            // As in EC2, which uses the block that the address lies in.
            log.warning(value.position, "\(name) '\(text)' has bits set behind its length; it is read as \(block)")
        }
        return fits
    }

    private func conformsToList(_ value: Value, of element: PropertyShape, name: String) -> Bool {
        guard let list = value.list else {
            log.error(value.position, "\(name) must be a list, not \(value.kindName)")
            return false
        }
        return list.reduce(true) { conforms($1, to: element, name: name) && $0 }
    }

    private func conformsToObject(_ value: Value, _ shape: ObjectShape, name: String) -> Bool {
        guard case .map(let entries) = value.content else {
            log.error(value.position, "\(name) must be a mapping, not \(value.kindName)")
            return false
        }
        var fits = true
        for entry in entries {
            guard let inner = shape.properties[entry.key] else {
                log.error(
                    entry.keyPosition,
                    "\(name) has no property '\(entry.key)'\(suggestion(for: entry.key, among: shape.properties.keys))")
                fits = false
                continue
            }
            fits = conforms(entry.value, to: inner, name: entry.key) && fits
        }
        for key in shape.required where value[key] == nil {
            log.error(value.position, "\(name) needs the property \(key)")
            fits = false
        }
        return fits
    }

    private static func describe(_ shape: PropertyShape) -> String {
        switch shape {
        case .text, .unused: "a text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .oneOf(let words): words.map { "'\($0)'" }.joined(separator: " or ")
        case .cidr: "a CIDR block such as 10.0.0.0/16"
        case .address: "an IP address"
        case .list: "a list"
        case .object: "a mapping"
        }
    }

    /// True or false in the spellings of YAML 1.1, which CloudFormation also accepts as strings.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// The block of `ADDRESS/LENGTH`, with host bits cleared.
    static func block(_ text: String) -> IPPrefix? {
        if let block = IPPrefix(text) { return block }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), parts[1].utf8.count <= 3,
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]),
            (0...address.family.bitWidth).contains(length)
        else { return nil }
        return IPPrefix(masking: address, length: length)
    }
}
