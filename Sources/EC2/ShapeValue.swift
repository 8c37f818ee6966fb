// SPDX-License-Identifier: MIT-0

/// A value of the EC2 API, with the members of structures in the order of AWS's service model.
package indirect enum ShapeValue: Hashable, Sendable {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case list([ShapeValue])
    case structure(Structure)

    /// Members by name; members that are not set are absent.
    package struct Structure: Hashable, Sendable, ExpressibleByDictionaryLiteral {
        package struct Member: Hashable, Sendable {
            package var name: String
            package var value: ShapeValue
        }

        package var members: [Member]

        package init(dictionaryLiteral members: (String, ShapeValue?)...) {
            self.members = members.compactMap { name, value in value.map { Member(name: name, value: $0) } }
        }

        /// Appends a member.
        package mutating func append(_ name: String, _ value: ShapeValue) {
            members.append(Member(name: name, value: value))
        }

        package subscript(name: String) -> ShapeValue? {
            members.first { $0.name == name }?.value
        }
    }

    /// A structure of these members, without those that are nil.
    package static func of(_ structure: Structure) -> ShapeValue { .structure(structure) }

    /// A member of a structure; nil if there is none.
    package subscript(name: String) -> ShapeValue? {
        if case .structure(let structure) = self { structure[name] } else { nil }
    }

    /// The values at a path of member names, through all elements of lists, as filters compare them.
    func texts(at path: ArraySlice<String>) -> [String] {
        switch self {
        case .list(let elements): return elements.flatMap { $0.texts(at: path) }
        case .structure(let structure):
            guard let name = path.first else { return [] }
            return structure[name]?.texts(at: path.dropFirst()) ?? []
        case .string(let text): return path.isEmpty ? [text] : []
        case .integer(let number): return path.isEmpty ? ["\(number)"] : []
        case .boolean(let flag): return path.isEmpty ? ["\(flag)"] : []
        }
    }
}

extension ShapeValue {
    /// The value as the AWS CLI prints it with `--output json`: four spaces per level, members in their order.
    package var json: String {
        var text = ""
        write(to: &text, indent: "\n")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .string(let string): Self.write(string, to: &text)
        case .integer(let number): text += "\(number)"
        case .boolean(let flag): text += "\(flag)"
        case .list(let elements):
            Self.write(elements, between: ("[", "]"), to: &text, indent: indent) { element, text, indent in
                element.write(to: &text, indent: indent)
            }
        case .structure(let structure):
            Self.write(structure.members, between: ("{", "}"), to: &text, indent: indent) { member, text, indent in
                Self.write(member.name, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between brackets: (String, String), to text: inout String, indent: String,
        _ writeItem: (Item, inout String, String) -> Void
    ) {
        text += brackets.0
        let inner = indent + "    "
        for (number, item) in items.enumerated() {
            text += (number == 0 ? "" : ",") + inner
            writeItem(item, &text, inner)
        }
        text += (items.isEmpty ? "" : indent) + brackets.1
    }

    /// Escapes as in RFC 8259 section 7.
    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension ShapeValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    package init(stringLiteral text: String) {
        self = .string(text)
    }

    package init(arrayLiteral elements: ShapeValue...) {
        self = .list(elements)
    }
}
