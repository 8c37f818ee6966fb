// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// The instance metadata service's answers about an instance.
struct InstanceMetadata {
    var instanceID: String
    var localIPv4: String
    /// Nil if the first interface has no IPv6 address.
    var ipv6: String?
    var macAddress: String
    var availabilityZone: String
    var region: String

    /// The answer to a request for a path such as `local-ipv4`; nil if it is not known here.
    func answer(to path: String) -> String? {
        switch path {
        case "instance-id": instanceID
        case "local-ipv4": localIPv4
        case "ipv6": ipv6
        case "network/interfaces/macs/\(macAddress)/ipv6s": ipv6
        case "mac": macAddress
        case "placement/availability-zone": availabilityZone
        case "placement/region": region
        default: nil
        }
    }
}

/// Reads the parts of an instance's user data that matter to a lab: addresses on `lo`, whether it forwards, the
/// speaker's configuration, the routes it announces, and the source/destination check.
///
/// It is not a shell. Commands without such an effect are skipped, and everything else is returned as not understood,
/// so that the user knows it was not done.
struct UserDataScript {
    struct Result {
        var boot = InstanceBoot()
        /// For the instance's first interface.
        var turnsSourceDestinationCheckOff = false
        /// Ids of interfaces whose check is turned off individually.
        var interfacesWithoutCheck: [String] = []
    }

    /// The template, in which the script stands.
    let file: SourceFile
    private var lines: [SourcedText.Line]
    private var next = 0
    var environment: ShellEnvironment
    var result = Result()
    /// The contents of sysctl settings files, which take effect when they are loaded.
    var storedKernelParameters: [String] = []

    static func run(_ script: SourcedText, in file: SourceFile, metadata: InstanceMetadata) -> Result {
        var reader = UserDataScript(
            file: file, lines: script.lines, environment: ShellEnvironment(metadata: metadata))
        reader.run()
        return reader.result
    }

    private init(file: SourceFile, lines: [SourcedText.Line], environment: ShellEnvironment) {
        self.file = file
        self.lines = lines
        self.environment = environment
    }

    private mutating func run() {
        guard let first = lines.first(where: { !trimmed($0.text).isEmpty }) else { return }
        let start = trimmed(first.text).lowercased()
        // cloud-init also accepts other formats, none of which is a list of commands.
        if ["#cloud-config", "content-type:", "mime-version:", "<powershell>", "<script>", "#include"]
            .contains(where: { start.hasPrefix($0) })
        {
            notUnderstood(first)
            return
        }
        while next < lines.count {
            let line = lines[next]
            next += 1
            runLine(startingWith: line)
        }
    }

    mutating func notUnderstood(_ line: SourcedText.Line) {
        let finding = excerpt(trimmed(line.text), of: line)
        if !result.boot.notUnderstood.contains(finding) { result.boot.notUnderstood.append(finding) }
    }

    /// A piece of a line with its place in the template.
    func excerpt(_ text: String, of line: SourcedText.Line) -> SourceExcerpt {
        SourceExcerpt([(text, file.place(of: text, onLine: line.number))])
    }

    // MARK: Lines

    private mutating func runLine(startingWith line: SourcedText.Line) {
        let text = trimmed(line.text)
        if text.isEmpty || text.hasPrefix("#") { return }
        // Sends the script's own output to a log.
        if text.hasPrefix("exec >") || text.hasPrefix("exec 1>") || text.hasPrefix("exec 2>") { return }
        guard let tokens = readTokens(startingWith: line) else {
            notUnderstood(line)
            return
        }
        guard let commands = ShellCommand.commands(of: tokens) else {
            skipHereDocuments(of: tokens)
            notUnderstood(line)
            return
        }
        let documents = commands.map { readHereDocument(of: $0) }
        for (command, document) in zip(commands, documents) where !perform(command, document, at: line) {
            notUnderstood(line)
        }
    }

    /// The tokens of a line and of those that continue it; nil if a quote is never closed.
    private mutating func readTokens(startingWith line: SourcedText.Line) -> [ShellLexer.Token]? {
        // No command in such a script has more lines.
        let longest = 100
        var text = line.text
        var end = next
        while true {
            while Self.isContinued(text), end < lines.count {
                text.removeLast()
                text += lines[end].text
                end += 1
            }
            if let tokens = ShellLexer.tokens(of: text) {
                next = end
                return tokens
            }
            guard end < lines.count, end - next < longest else { return nil }
            text += "\n" + lines[end].text
            end += 1
        }
    }

    /// Whether the line ends in an odd number of backslashes.
    private static func isContinued(_ text: String) -> Bool {
        !text.utf8.reversed().prefix { $0 == 0x5c }.count.isMultiple(of: 2)
    }

    // MARK: Here-documents

    struct HereDocument {
        var lines: [SourcedText.Line]
        /// Whether to fill in variables: the delimiter was not quoted.
        var expands: Bool
    }

    private mutating func readHereDocument(of command: ShellCommand) -> HereDocument? {
        var document: HereDocument?
        for redirection in command.redirections where ["<<", "<<-"].contains(redirection.operator) {
            document = readHereDocument(redirection)
        }
        return document
    }

    private mutating func skipHereDocuments(of tokens: [ShellLexer.Token]) {
        for (index, token) in tokens.enumerated() where index + 1 < tokens.count {
            guard case .operator(let text) = token, ["<<", "<<-"].contains(text),
                case .word(let word) = tokens[index + 1]
            else { continue }
            _ = readHereDocument(ShellCommand.Redirection(operator: text, target: word))
        }
    }

    private mutating func readHereDocument(_ redirection: ShellCommand.Redirection) -> HereDocument {
        let delimiter = redirection.target.literal ?? ""
        var document = HereDocument(lines: [], expands: !redirection.target.isQuoted)
        while next < lines.count {
            var line = lines[next]
            next += 1
            if redirection.operator == "<<-" {
                line.text = String(line.text.drop { $0 == "\t" })
            }
            let end = line.text.last == "\r" ? String(line.text.dropLast()) : line.text
            if end == delimiter { break }
            document.lines.append(line)
        }
        return document
    }

    /// The lines of a here-document with variables filled in; a line with an unknown one is reported.
    mutating func expand(_ document: HereDocument) -> [SourcedText.Line] {
        guard document.expands else { return document.lines }
        return document.lines.map { line in
            let word = ShellLexer.hereDocumentLine(line.text)
            guard let text = environment.text(of: word) else {
                notUnderstood(line)
                return line
            }
            return SourcedText.Line(text: text, number: line.number)
        }
    }
}
