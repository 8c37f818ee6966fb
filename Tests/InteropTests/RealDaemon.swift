// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// A real gobgpd or bird in a test's namespace, queried with its own command line.
final class RealDaemon {
    /// A path in the daemon's table, independent of either daemon's format.
    struct Path: Hashable {
        var prefix: String
        var asPath: [Int]
        var nextHop: String
        /// ORIGIN (RFC 4271 section 4.3): 0 IGP, 1 EGP, 2 INCOMPLETE.
        var origin: Int
    }

    let kind: Daemon
    private let testbed: Testbed
    private let configuration: String
    private var program: RunningProgram?

    /// The daemon with a configuration, not yet started.
    init(_ kind: Daemon, configuration text: String, testbed: Testbed) throws {
        self.kind = kind
        self.testbed = testbed
        configuration = testbed.path("\(kind).conf")
        try replaceFile(configuration, with: Array(text.utf8))
    }

    /// The text of `fixtures/daemons/KIND-ROLE.conf`.
    static func fixture(_ kind: Daemon, _ role: String) throws -> String {
        try readTextFile(TestLab.fixture("daemons/\(kind)-\(role).conf"))
    }

    private var controlSocket: String { testbed.path("bird.ctl") }
    var logFile: String { testbed.path("\(kind).log") }
    func log() throws -> String { try readTextFile(logFile) }

    func start(in namespace: borrowing NetworkNamespace) throws {
        let arguments =
            switch kind {
            case .gobgpd: ["-f", configuration, "--log-plain", "--log-level", "debug"]
            case .bird: ["-f", "-c", configuration, "-s", controlSocket, "-P", testbed.path("bird.pid")]
            }
        program = try RunningProgram(kind.path, arguments, in: namespace, logFile: logFile)
    }

    func send(signal: Int32) throws {
        try #require(program).send(signal: signal)
    }

    /// Ends it at once, as a crash would.
    func kill() throws {
        try send(signal: SIGKILL)
        program = nil
    }

    /// The output of the daemon's own command; nil while the daemon does not answer it.
    func ask(_ words: [String], in namespace: borrowing NetworkNamespace) throws -> String? {
        let arguments = kind == .bird ? ["-s", controlSocket] + words : words
        let (status, text) = try RunningProgram.run(
            kind.commandPath, arguments, in: namespace, logFile: testbed.path("answer"))
        return status == 0 ? text : nil
    }

    // MARK: What it knows

    /// Whether its only session is Established.
    func isEstablished(in namespace: borrowing NetworkNamespace) throws -> Bool {
        switch kind {
        case .gobgpd: try ask(["neighbor"], in: namespace)?.contains("Establ") ?? false
        case .bird:
            try ask(["show", "protocols", "all"], in: namespace)?
                .contains(#/BGP state: +Established/#) ?? false
        }
    }

    /// The paths that it received, by prefix.
    func paths(in namespace: borrowing NetworkNamespace) throws -> [Path] {
        switch kind {
        case .gobgpd: try gobgpPaths(in: namespace)
        case .bird: try birdPaths(in: namespace)
        }
    }

    /// The NOTIFICATION that it reports as received: a code and a subcode of RFC 4486; nil if there was none.
    func receivedCease() throws -> String? {
        let log = try log()
        switch kind {
        case .gobgpd:
            // … msg="received notification" Code=6 Subcode=3 …
            return log.split(separator: "\n").last { $0.contains("received notification") }.map(String.init)
        case .bird:
            return log.split(separator: "\n").last { $0.contains("Received:") }.map(String.init)
        }
    }

    private struct GoBGPPath: Decodable {
        struct NLRI: Decodable {
            var prefix: String
        }
        struct Attribute: Decodable {
            struct Segment: Decodable {
                var asns: [Int]
            }
            var type: Int
            var value: Int?
            var as_paths: [Segment]?
            var nexthop: String?

            private enum CodingKeys: String, CodingKey { case type, value, as_paths, nexthop }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                type = try container.decode(Int.self, forKey: .type)
                // Attributes of other types have values of other forms.
                value = type == 1 ? try container.decode(Int.self, forKey: .value) : nil
                as_paths = try container.decodeIfPresent([Segment].self, forKey: .as_paths)
                nexthop = try container.decodeIfPresent(String.self, forKey: .nexthop)
            }
        }
        var nlri: NLRI
        var attrs: [Attribute]
    }

    private func gobgpPaths(in namespace: borrowing NetworkNamespace) throws -> [Path] {
        guard let text = try ask(["global", "rib", "-j"], in: namespace) else { return [] }
        let table = try JSONDecoder().decode([String: [GoBGPPath]].self, from: Data(text.utf8))
        return try table.values.joined().map { path in
            Path(
                prefix: path.nlri.prefix, asPath: path.attrs.compactMap(\.as_paths).joined().flatMap(\.asns),
                nextHop: try #require(path.attrs.compactMap(\.nexthop).first),
                origin: try #require(path.attrs.compactMap(\.value).first))
        }.sorted { $0.prefix < $1.prefix }
    }

    private func birdPaths(in namespace: borrowing NetworkNamespace) throws -> [Path] {
        guard let text = try ask(["show", "route", "all"], in: namespace) else { return [] }
        var paths: [Path] = []
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: #/^(\d+\.\d+\.\d+\.\d+\/\d+) /#) {
                paths.append(Path(prefix: String(match.1), asPath: [], nextHop: "", origin: -1))
            } else if let match = line.firstMatch(of: #/BGP\.(as_path|next_hop|origin): (.*)$/#), !paths.isEmpty {
                let last = paths.count - 1
                switch match.1 {
                case "as_path": paths[last].asPath = match.2.split(separator: " ").compactMap { Int($0) }
                case "next_hop": paths[last].nextHop = String(match.2)
                default: paths[last].origin = ["IGP": 0, "EGP": 1, "Incomplete": 2][match.2] ?? -1
                }
            }
        }
        return paths.sorted { $0.prefix < $1.prefix }
    }
}
