// SPDX-License-Identifier: MIT-0
//
// The programs inside a lab's namespaces. rslab starts it; people do not. It is synchronous and small on purpose: a
// process that dies must give its sockets back at once, and one that boots must be ready within milliseconds.
internal import Glibc
internal import LinuxSystem
internal import NodeProtocol
internal import NodeRuntime

let words = Array(CommandLine.arguments.dropFirst())

func configuration<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard (2...3).contains(words.count) else { throw NodeUsageError() }
    let value = try JSON.decode(type, from: try readOwnFile(words[1]))
    if words.count == 3 {
        guard let descriptor = Int32(words[2]) else { throw NodeUsageError() }
        try StartLine.wait(at: descriptor)
    }
    return value
}

struct NodeUsageError: Error, CustomStringConvertible {
    let description =
        "usage: rslab-node init lab|instance DIRECTORY | watcher FILE [LINE] | route-server FILE [LINE]"
        + " | speaker FILE [LINE] | prober FILE | packets FILE | responder FILE | application FILE | turns FILE | enter SETTINGS;"
        + " LINE is the descriptor of a start line, at which the program waits once it is loaded"
}

do {
    switch words.first {
    case "init":
        guard words.count == 3, let role = InitProgram.Role(rawValue: words[1]) else { throw NodeUsageError() }
        try InitProgram(role: role, namespaceDirectory: words[2]).run()
    case "watcher":
        try WatcherProgram(configuration: configuration(WatcherProgramConfiguration.self)).run()
    case "route-server":
        try RouteServerProgram(configuration: configuration(RouteServerProgramConfiguration.self)).run()
    case "speaker":
        try SpeakerProgram(configuration: configuration(SpeakerProgramConfiguration.self), file: words[1]).run()
    case "prober":
        var prober = try ProberProgram(settings: configuration(ProberProgramSettings.self))
        try prober.run()
    case "packets":
        var packets = try PacketsProgram(settings: configuration(PacketsProgramSettings.self))
        try packets.run()
    case "responder":
        try ResponderProgram(settings: configuration(ResponderProgramSettings.self)).run()
    case "application":
        try ApplicationProgram(settings: configuration(ApplicationProgramSettings.self)).run()
    case "turns":
        try TurnsProgram(settings: configuration(TurnsProgramSettings.self)).run()
    case "enter":
        guard words.count == 2 else { throw NodeUsageError() }
        try EnterProgram(settings: JSON.decode(EnterProgramSettings.self, from: Array(words[1].utf8))).run()
    default:
        throw NodeUsageError()
    }
} catch {
    let line = "rslab-node \(words.first ?? ""): \(error)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(2)
}
