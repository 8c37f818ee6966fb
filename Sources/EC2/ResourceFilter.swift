// SPDX-License-Identifier: MIT-0

/// One filter of a Describe or Get operation: a name, and values of which one must match.
package struct ResourceFilter: Hashable, Sendable {
    package var name: String
    package var values: [String]

    package init(name: String, values: [String]) {
        self.name = name
        self.values = values
    }

    /// The elements that pass all filters (Amazon EC2 User Guide, "Find your Amazon EC2 resources").
    ///
    /// - Throws: `ServiceError` if the operation does not know a filter.
    package static func select(
        _ elements: [ShapeValue], by filters: [ResourceFilter], of operation: Operation
    ) throws(ServiceError) -> [ShapeValue] {
        var selected = elements
        for filter in filters {
            let texts = try filter.texts(for: operation)
            selected = selected.filter { element in
                texts(element).contains { text in filter.values.contains { Self.matches(text, pattern: $0) } }
            }
        }
        return selected
    }

    /// The texts that the filter compares with its values.
    private func texts(for operation: Operation) throws(ServiceError) -> (ShapeValue) -> [String] {
        if operation.takesTagFilters {
            if name == "tag-key" { return { $0.texts(at: ["Tags", "Key"]) } }
            if name.hasPrefix("tag:") {
                let key = ShapeValue.string(String(name.dropFirst(4)))
                return { element in
                    guard case .list(let tags) = element["Tags"] else { return [] }
                    return tags.filter { $0["Key"] == key }.flatMap { $0.texts(at: ["Value"]) }
                }
            }
        }
        guard let path = operation.filters[name] else {
            throw ServiceError("InvalidParameterValue", "The filter '\(name)' is invalid")
        }
        return { $0.texts(at: path[...]) }
    }

    /// Case-sensitive; `*` stands for any characters, `?` for none or one, and a backslash escapes them.
    static func matches(_ text: String, pattern: String) -> Bool {
        matches(Array(text)[...], Array(pattern)[...])
    }

    private static func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        var text = text
        var pattern = pattern
        while let first = pattern.popFirst() {
            switch first {
            case "*":
                // A second one in a row changes nothing.
                while pattern.first == "*" { pattern.removeFirst() }
                return (text.startIndex...text.endIndex).contains { matches(text[$0...], pattern) }
            case "?":
                if let rest = text.isEmpty ? nil : text.dropFirst(), matches(rest, pattern) { return true }
            case "\\":
                let literal = pattern.popFirst() ?? "\\"
                guard text.popFirst() == literal else { return false }
            default:
                guard text.popFirst() == first else { return false }
            }
        }
        return text.isEmpty
    }
}
