// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// The effects of a script's commands on a lab.
extension UserDataScript {
    /// Commands that install, wait, print or start something, without an effect on addresses or routes.
    private static let harmless: Set<String> = [
        ":", "amazon-linux-extras", "apt", "apt-get", "cd", "chmod", "chown", "cloud-init", "curl", "date", "dnf",
        "echo", "ec2-metadata", "exit", "gobgpd", "gunzip", "hostname", "hostnamectl", "logger", "ls", "mkdir",
        "printf", "pwd", "rpm", "service", "set", "sleep", "snap", "sync", "systemctl", "tar", "timedatectl", "touch",
        "true", "ulimit", "umask", "uname", "unzip", "wait", "wget", "whoami", "yum",
    ]
    /// Words before a command that do not change its effect here.
    private static let prefixes: Set<String> = ["command", "env", "exec", "nohup", "sudo", "time"]
    private static let sudoOptionsWithValue: Set<String> = ["-g", "-u", "--group", "--user"]

    /// Applies a command; false if it is not understood.
    mutating func perform(
        _ command: ShellCommand, _ document: HereDocument?, at line: SourcedText.Line
    ) -> Bool {
        var words = command.words[...]
        var assignments: [(name: String, value: ShellWord)] = []
        while let assignment = words.first?.assignment {
            assignments.append(assignment)
            words.removeFirst()
        }
        guard !words.isEmpty else {
            for assignment in assignments { environment.assign(assignment.name, assignment.value) }
            return true
        }
        Self.skipPrefixes(&words)
        guard let head = words.first, let path = environment.text(of: head) else { return command.words.isEmpty }
        let name = String(path.split(separator: "/").last ?? "")
        let arguments = Array(words.dropFirst())
        switch name {
        case "export", "declare", "local", "readonly":
            for assignment in arguments.compactMap(\.assignment) {
                environment.assign(assignment.name, assignment.value)
            }
            return true
        case "cat", "tee", "echo", "printf":
            return write(name, arguments, command, document, at: line)
        case "ip":
            return fields(arguments).map { configureAddress($0, at: line) } ?? false
        case "gobgp":
            return fields(arguments).map { announce($0, at: line) } ?? false
        case "sysctl":
            return fields(arguments).map { setKernelParameters($0) } ?? false
        case "aws":
            return modifyAttribute(arguments)
        case "mv", "cp", "ln", "install":
            // Moves the speaker's programs around.
            return arguments.contains { environment.text(of: $0)?.contains("gobgp") == true }
        case "apt", "apt-get", "dnf", "yum", "rpm", "snap", "pip", "pip3":
            return true
        default:
            return Self.harmless.contains(name)
        }
    }

    private static func skipPrefixes(_ words: inout ArraySlice<ShellWord>) {
        while let word = words.first?.literal, prefixes.contains(word), words.count > 1 {
            words.removeFirst()
            while let option = words.first?.literal, option.hasPrefix("-"), words.count > 1 {
                words.removeFirst()
                if sudoOptionsWithValue.contains(option), words.count > 1 { words.removeFirst() }
            }
            while words.first?.assignment != nil, words.count > 1 { words.removeFirst() }
        }
    }

    /// The expanded arguments; nil if one is unknown.
    func fields(_ arguments: [ShellWord]) -> [String]? {
        var fields: [String] = []
        for argument in arguments {
            guard let expanded = environment.fields(of: argument) else { return nil }
            fields += expanded
        }
        return fields
    }

    // MARK: Files

    /// `cat`, `tee`, `echo` and `printf`: writing gobgpd.conf, or a file that does not matter.
    private mutating func write(
        _ name: String, _ arguments: [ShellWord], _ command: ShellCommand, _ document: HereDocument?,
        at line: SourcedText.Line
    ) -> Bool {
        var isAppending = arguments.contains { $0.literal == "-a" } && name == "tee"
        var target: String?
        for redirection in command.redirections where [">", ">>", ">|"].contains(redirection.operator) {
            target = environment.text(of: redirection.target) ?? "?"
            isAppending = redirection.operator == ">>"
        }
        if name == "tee" {
            target = arguments.compactMap { environment.text(of: $0) }.first { !$0.hasPrefix("-") }
        }
        if let target, Self.isAboutKernelParameters(target) {
            return storeKernelParameters(target, arguments, document, isPiped: command.isPiped)
        }
        guard let target, target.hasSuffix("gobgpd.conf") else {
            // A unit file starts what the script would start; printing changes nothing.
            let isHarmless = target == nil || target == "/dev/null" || target?.hasSuffix(".service") == true
            return isHarmless && (document == nil || target != nil)
        }
        let lines: [SourcedText.Line]
        if let document {
            lines = expand(document)
        } else if name == "echo", let fields = fields(arguments.filter { $0.literal != "-e" && $0.literal != "-n" }) {
            lines = SourcedText(fields.joined(separator: " "), line: line.number).lines
        } else {
            return false
        }
        store(lines, isAppending: isAppending, at: line)
        return true
    }

    private mutating func store(_ lines: [SourcedText.Line], isAppending: Bool, at line: SourcedText.Line) {
        let lines = lines.map { ($0.text, file.place(of: $0.text, onLine: $0.number)) }
        if !isAppending || result.boot.speakerConfiguration == nil {
            result.boot.speakerConfiguration = SourceExcerpt("", line: line.number)
        }
        result.boot.speakerConfiguration?.append(lines: lines)
    }

    // MARK: Addresses

    /// `ip address add P dev lo` in all its abbreviations (ip-address(8)).
    private mutating func configureAddress(_ words: [String], at line: SourcedText.Line) -> Bool {
        var words = words.drop { $0.hasPrefix("-") }
        guard let object = words.popFirst(), !object.isEmpty else { return false }
        if "link".hasPrefix(object) {
            // lo is up in a lab; no other change to links is supported.
            return words.first == "set" && words.contains("lo") && words.contains("up")
        }
        guard "address".hasPrefix(object) || object == "addr" else { return false }
        guard let verb = words.popFirst(), !verb.isEmpty else { return true }
        if ["show", "list", "lst"].contains(where: { $0.hasPrefix(verb) }) { return true }
        let adds = "add".hasPrefix(verb) || "replace".hasPrefix(verb)
        guard adds || "delete".hasPrefix(verb) else { return false }
        var address: String?
        var device: String?
        while let word = words.popFirst() {
            switch word {
            case "dev": device = words.popFirst()
            case "local": address = words.popFirst()
            case "brd", "broadcast", "label", "scope", "metric", "preferred_lft", "valid_lft": _ = words.popFirst()
            case "nodad": continue
            default:
                guard address == nil else { return false }
                address = word
            }
        }
        guard device == "lo", let address, let prefix = Self.loopbackPrefix(address) else { return false }
        result.boot.loopbackAddresses.removeAll { $0 == prefix }
        if adds { result.boot.loopbackAddresses.append(prefix) }
        // A shorter length would make the whole block local to the instance, which a lab does not do.
        return prefix.isHost && (!address.contains("/") || IPPrefix(address) == prefix)
    }

    private static func loopbackPrefix(_ text: String) -> IPPrefix? {
        let address = text.prefix { $0 != "/" }
        guard PropertyCheck.block(text) != nil || !text.contains("/") else { return nil }
        return IPAddress(address).map { IPPrefix(host: $0) }
    }

    // MARK: Routes

    /// `gobgp global rib add …`; queries change nothing.
    private mutating func announce(_ words: [String], at line: SourcedText.Line) -> Bool {
        var words = words[...]
        while let option = words.first, option.hasPrefix("-") {
            words.removeFirst()
            if ["-u", "--host", "-p", "--port", "--target", "-r"].contains(option) { words = words.dropFirst() }
        }
        if words.starts(with: ["global", "rib", "add"]) {
            result.boot.announcements.append(
                SourceWords(
                    words: Array(words.dropFirst(3)),
                    position: excerpt(trimmed(line.text), of: line).start))
            return true
        }
        if words.starts(with: ["global", "rib"]) { return !words.contains("del") }
        return words.first == "neighbor" && words.count <= 2 || words == ["global"] || words.isEmpty
    }

    // MARK: AWS

    /// `aws ec2 modify-instance-attribute --no-source-dest-check`, and the same for one interface.
    private mutating func modifyAttribute(_ arguments: [ShellWord]) -> Bool {
        let words = arguments.map { environment.text(of: $0) ?? "" }
        guard words.contains("ec2") else { return false }
        let turnsOff: Bool
        if let index = words.firstIndex(of: "--source-dest-check"), index + 1 < words.count {
            turnsOff = words[index + 1].lowercased().contains("false")
        } else {
            turnsOff = words.contains("--no-source-dest-check")
        }
        guard turnsOff else { return false }
        func value(of option: String) -> String? {
            guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
            return words[index + 1]
        }
        if words.contains("modify-instance-attribute") {
            let id = value(of: "--instance-id")
            guard id == environment.metadata.instanceID || id == "" else { return false }
            result.turnsSourceDestinationCheckOff = true
            return true
        }
        guard words.contains("modify-network-interface-attribute"),
            let id = value(of: "--network-interface-id"), !id.isEmpty
        else { return false }
        result.interfacesWithoutCheck.append(id)
        return true
    }
}
