// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Glibc
internal import LabHost
internal import LabModel
internal import NodeProtocol
internal import SpeakerConfiguration
internal import WireFormat

/// `gobgp` inside an instance that runs rslab's own speaker: the same arguments, the same output.
///
/// The supported commands are those that an operator of the sample uses: neighbor, global, global rib with add and del.
enum GoBGPCommand {
    private struct Failure: Error {
        var text: String
    }

    /// Returns the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            try Terminal.output(try answer(arguments))
            return 0
        } catch let failure as Failure {
            Terminal.write(failure.text.hasSuffix("\n") ? failure.text : failure.text + "\n")
        } catch let error as LabError {
            Terminal.write("\(error.problem)\n")
        } catch {
            Terminal.write("\(error)\n")
        }
        return 1
    }

    private static func answer(_ arguments: [String]) throws -> String {
        var words: [String] = []
        var family = AddressFamily.ipv4
        var isQuiet = false
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "-a", "--address-family":
                guard let name = rest.popFirst() else { throw Failure(text: "Error: flag needs an argument: \(word)") }
                family = try addressFamily(name)
                words += ["-a", name]
            case "-q", "--quiet": isQuiet = true
            case "-j", "--json": throw Failure(text: "Error: -j is not built in; see 'rslab neighbors --json'")
            default: words.append(word)
            }
        }
        let plain = words.enumerated().filter { index, word in
            word != "-a" && (index == 0 || words[index - 1] != "-a")
        }.map(\.element)
        switch plain.first {
        case "neighbor", "neighbors":
            return try neighbor(Array(plain.dropFirst()), family: family, isQuiet: isQuiet)
        case "global":
            guard plain.dropFirst().first == "rib" else { return try global() }
            return try rib(Array(plain.dropFirst(2)), all: Array(words.dropFirst(2)), family: family)
        default:
            throw Failure(
                text: """
                    Usage: gobgp neighbor [ADDRESS [adj-in|adj-out]]
                           gobgp global
                           gobgp global rib [PREFIX [longer-prefixes|shorter-prefixes] | summary] [-a ipv4|ipv6]
                           gobgp global rib add PREFIX [...] | del PREFIX|all
                    """)
        }
    }

    private static func addressFamily(_ name: String) throws -> AddressFamily {
        switch name {
        case "ipv4", "v4", "4": .ipv4
        case "ipv6", "v6", "6": .ipv6
        default: throw Failure(text: "Error: unknown address family: \(name)")
        }
    }

    // MARK: Verbs

    private static func global() throws -> String {
        try ask(ShowGlobal()).text
    }

    private static func neighbor(_ words: [String], family: AddressFamily, isQuiet: Bool) throws -> String {
        let neighbors = try ask(ListNeighbors())
        guard let text = words.first else {
            return isQuiet ? NeighborListing.addresses(neighbors) : NeighborListing.table(neighbors)
        }
        guard let address = IPAddress(text), let neighbor = neighbors.first(where: { $0.address == address }) else {
            throw Failure(text: NeighborListing.notFound(text))
        }
        switch words.dropFirst().first {
        case nil: return NeighborListing.detail(neighbor)
        case "adj-in": return RIBListing.adjRIBIn(try ask(ShowAdjacentRIB(of: address, .received, family)))
        case "adj-out": return RIBListing.adjRIBOut(try ask(ShowAdjacentRIB(of: address, .advertised, family)))
        case let word?: throw Failure(text: "Error: unknown command: \(word)")
        }
    }

    private static func rib(_ words: [String], all: [String], family: AddressFamily) throws -> String {
        switch words.first {
        case "add":
            do {
                try ask(Originate([try RIBArguments.parse(Array(all.dropFirst()))]))
            } catch let error as RIBArguments.ArgumentError {
                throw Failure(text: "\(error)\n\(RIBArguments.usage)")
            }
            return ""
        case "del":
            guard let text = words.dropFirst().first else { throw Failure(text: "error: \(RIBArguments.usage)") }
            if text == "all" {
                try ask(WithdrawAll())
            } else {
                guard let prefix = IPPrefix(text) else { throw Failure(text: "error: invalid CIDR address: \(text)") }
                try ask(Withdraw([prefix]))
            }
            return ""
        case "summary":
            return RIBListing.summary(try ask(ShowGlobalRIB(family)), family)
        default:
            let filter = try RIBFilter.parse(words)
            let rows = try ask(ShowGlobalRIB(filter?.family ?? family))
            return RIBListing.globalRIB(filter?.select(rows) ?? rows)
        }
    }

    // MARK: The speaker

    /// gobgp's message if nothing answers it.
    private static let noAnswer = Failure(text: "context deadline exceeded")

    private static func ask<Query: NodeQuery>(_ query: Query) throws -> Query.Answer {
        guard let (directory, node) = InstanceContext.current() else { throw noAnswer }
        let client: NodeClient
        do {
            client = try NodeClient(node, in: directory)
        } catch is LabError {
            throw noAnswer
        }
        do {
            return try client.ask(query)
        } catch let error as LabError {
            throw Failure(text: error.problem)
        }
    }

    private static func ask<Query: NodeQuery>(_ query: Query) throws where Query.Answer == Done {
        let _: Done = try ask(query)
    }
}
