// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem

struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a node's programs logged.",
        discussion: """
            Times are this machine's local time; --json has microseconds of the monotonic clock instead, and events as \
            objects. 'init' is the lab's own init.
            """)

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Argument(help: "The node.")
    var node: String
    @Flag(help: "A route server's peer log, in AWS's format: BGPStatus, BFDStatus and RouteStatus.")
    var peers = false

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            if peers { return try printPeerLog(of: lab) }
            guard node == "init" || lab.plan.namespaces.contains(where: { $0.name == node }) else {
                _ = try lab.namespace(node)
                return
            }
            let path = lab.directory.logFile(node)
            guard access(path, F_OK) == 0 else {
                Terminal.note("\(node) runs no program that logs.")
                if output.json { try Outcome.print(LogOutput(node: node, text: "")) }
                return
            }
            let text = try wholeLog(path)
            if output.json { return try Outcome.print(LogOutput(node: node, text: text)) }
            try print(LogOutput(node: node, text: text).text, terminator: "")
            let peerLog = lab.directory.peerLogFile(node)
            if access(peerLog, F_OK) == 0 {
                Terminal.note("Its peer log is \(peerLog): 'rslab logs \(node) --peers' prints it.")
            }
        }
    }

    private func printPeerLog(of lab: Lab) throws {
        guard lab.layout.routeServerNodes.contains(node) else {
            throw LabError(
                "\(node) is not a route server",
                advice: "the route servers are \(lab.layout.routeServerNodes.joined(separator: ", "))")
        }
        let path = lab.directory.peerLogFile(node)
        guard access(path, F_OK) == 0 else {
            return Terminal.note("\(node) has no peer log (--no-peer-log).")
        }
        try Terminal.output(try wholeLog(path))
    }

    /// What is left of a log: a full one begins anew, and the one before is kept.
    private func wholeLog(_ path: String) throws(SystemError) -> String {
        let older = LogFile.olderPath(of: path)
        let beginning = access(older, F_OK) == 0 ? try readOwnText(older) : ""
        return beginning + (try readOwnText(path))
    }
}
