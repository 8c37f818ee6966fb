// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Report
internal import SourceText

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of what a verb prints with --json; without NAME, list them.",
        discussion: "The dialect is draft 2020-12. A printed schema contains all others that it refers to.")

    @OptionGroup var output: OutputOptions
    @Argument(
        help: ArgumentHelp("Its name, such as run.", valueName: "NAME"), completion: .list(Schema.all.map(\.name)))
    var name: String?

    private struct List: Encodable {
        struct Entry: Encodable {
            var name: String
            var title: String
        }
        var schema = 1
        var schemas: [Entry]
    }

    func validate() throws {
        _ = try chosen()
    }

    private func chosen() throws -> Schema? {
        do throws(UnknownName) {
            return try name.map(Schema.known.value)
        } catch {
            throw ValidationError("\(error); 'rslab schema' lists all")
        }
    }

    func run() throws {
        if let schema = try chosen() { return try Terminal.output(schema.document) }
        if output.json {
            return try Outcome.print(List(schemas: Schema.all.map { .init(name: $0.name, title: $0.title) }))
        }
        var table = TextTable([.init("schema"), .init("describes")])
        for schema in Schema.all { table.addRow(["\(schema.name)", "\(schema.title)"]) }
        try print(table.render(Terminal.style, width: Terminal.width), terminator: "")
    }
}
