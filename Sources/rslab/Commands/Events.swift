// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print what happens in a lab, one JSON object per line, until it is taken down or Ctrl-C.",
        discussion: "Begins with the events that the nodes remember; 'at_ns' is nanoseconds of the monotonic clock.")

    @OptionGroup var selection: LabSelection
    @Flag(help: "Print the remembered events, and end.")
    var once = false
    @Flag(help: "Report errors as JSON too; events are always JSON.")
    var json = false

    /// By then the nodes' remembered events have arrived.
    private static let answerTime = Duration.milliseconds(100)

    func run() throws {
        try Outcome.run(json: json) {
            let lab = try selection.open()
            let interruption = try Entry.interruption.get()
            let loop = try EventLoop()
            var isInterrupted = false
            var failure: (any Error)?
            _ = try loop.watch(interruption.descriptor, for: .readable) { _ in
                isInterrupted = interruption.wasSignalled()
                loop.stop()
            }
            if once { loop.schedule(loop.makeTimer { loop.stop() }, at: .now + Self.answerTime) }
            let nodes = lab.layout.routeServerNodes + [LabPlan.vpcNode]
            var openCount = nodes.count
            for node in nodes {
                let client = try NodeClient(node, in: lab.directory)
                try client.subscribe(since: .zero)
                var token: EventLoop.Token?
                token = try loop.watch(client.channel.descriptor, for: .readable) { _ in
                    do {
                        if let events = try client.readEvents() { return try Self.show(events) }
                    } catch {
                        failure = error
                    }
                    if let token { loop.remove(token) }
                    openCount -= 1
                    if openCount == 0 || failure != nil { loop.stop() }
                }
            }
            try loop.run()
            if let failure { throw failure }
            if isInterrupted { throw Interrupted() }
            if openCount == 0 { Terminal.note("The lab '\(lab.name)' is gone.") }
        }
    }

    private static func show(_ events: [TraceEvent]) throws(OutputFailure) {
        for event in events {
            try Terminal.output(String(decoding: JSON.encode(event), as: UTF8.self) + "\n")
        }
    }
}
