// SPDX-License-Identifier: MIT-0
import SourceText
import TOMLKit

/// A value of a TOML document, independent of the parser.
indirect enum ConfigurationNode {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case list([ConfigurationNode])
    /// Keys in alphabetical order.
    case table([(key: String, value: ConfigurationNode)])
    /// A number with a fraction, a date or a time: not used in a gobgpd.conf.
    case other

    /// Parses the document; a failure gives the syntax error and its line.
    static func parse(_ text: String) -> Result<ConfigurationNode, SyntaxError> {
        // The parser takes a C string, which a NUL would end.
        if let index = text.utf8.firstIndex(of: 0) {
            let before = text[..<index].unicodeScalars
            let position = SourcePosition(
                line: before.count { $0 == "\n" } + 1, column: before.reversed().prefix { $0 != "\n" }.count + 1)
            return .failure(SyntaxError(position: position, problem: "a NUL character"))
        }
        do {
            let root = try TOMLTable(string: text)
            return .success(withExtendedLifetime(root) { ConfigurationNode(root) })
        } catch let error as TOMLParseError {
            return .failure(SyntaxError(error))
        } catch {
            return .failure(SyntaxError(position: .start, problem: "\(error)"))
        }
    }

    struct SyntaxError: Error {
        /// In the text that was parsed.
        var position: SourcePosition
        var problem: String
    }

    private init(_ table: TOMLTable) {
        self = .table(
            table.keys.sorted().compactMap { key in
                table[key].map { (key, ConfigurationNode($0)) }
            })
    }

    private init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .table: self = value.table.map { ConfigurationNode($0) } ?? .other
        case .array: self = .list(value.array.map { $0.map { ConfigurationNode($0) } } ?? [])
        case .string: self = value.string.map { .string($0) } ?? .other
        case .int: self = value.int.map { .integer($0) } ?? .other
        case .bool: self = value.bool.map { .boolean($0) } ?? .other
        default: self = .other
        }
    }

    var kindName: String {
        switch self {
        case .string(let text): "'\(text)'"
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .list: "a list"
        case .table: "a table"
        case .other: "a number with a fraction or a date"
        }
    }
}

extension ConfigurationNode.SyntaxError {
    fileprivate init(_ error: TOMLParseError) {
        let place = error.source.begin
        position = SourcePosition(line: max(1, place.line), column: max(1, place.column))
        problem = error.description
    }
}
