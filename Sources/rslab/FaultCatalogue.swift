// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import Report

/// What each fault does, for `failover --list-faults`.
enum FaultCatalogue {
    /// One fault in the words of its consequences.
    struct Entry: Encodable {
        var fault: FaultName
        var action: String
        /// What BGP at the route server gets to see.
        var bgp: String
        /// What BFD gets to see, where it is spoken.
        var bfd: String
        /// Whether the instance's floating IP still answers until the route has moved.
        var answers: String
        /// What becomes of the TCP connections of the sessions.
        var connection: String
        /// What becomes of the carrier of the target's interfaces.
        var carrier: String
        /// What `restore` does.
        var undo: String
        /// The options that it takes.
        var parameters: [String]
        /// What it may fall on.
        var targets: [FaultTarget.Kind]

        init(_ fault: FaultName) {
            self.fault = fault
            (action, bgp, bfd, answers) = FaultCatalogue.sights(of: fault)
            (connection, carrier, undo) = FaultCatalogue.traces(of: fault)
            parameters = FaultCatalogue.parameters(of: fault)
            targets = fault.targetKinds
        }
    }

    static var entries: [Entry] { FaultName.allCases.map(Entry.init) }

    /// Two tables, each of which fits a terminal of 100 columns.
    static var text: String {
        var sights = TextTable([
            .init("fault"), .init("what is done"), .init("BGP sees"), .init("BFD sees"), .init("answers"),
        ])
        var traces = TextTable([
            .init("fault"), .init("TCP"), .init("carrier"), .init("restore"), .init("options"),
        ])
        for entry in entries {
            sights.addRow([
                "\(entry.fault.rawValue)", "\(entry.action)", "\(entry.bgp)", "\(entry.bfd)", "\(entry.answers)",
            ])
            traces.addRow([
                "\(entry.fault.rawValue)", "\(entry.connection)", "\(entry.carrier)", "\(entry.undo)",
                "\(entry.parameters.joined(separator: " "))",
            ])
        }
        return sights.render(Terminal.style) + "\n" + traces.render(Terminal.style)
    }

    // One row each, to be read as the table that it makes.
    private static func sights(of fault: FaultName) -> (String, String, String, String) {
        switch fault {
        case .kill: ("SIGKILL to all, then interface out", "FIN or RST", "silence", "briefly")
        case .powerOff: ("interface out, then SIGKILL to all", "silence", "silence", "no")
        case .shutdown: ("SIGTERM, then as power-off", "Cease", "AdminDown", "briefly")
        case .crash: ("SIGKILL to the speaker", "FIN or RST", "silence", "yes")
        case .freeze: ("SIGSTOP to the speaker", "silence", "silence", "yes")
        case .terminate: ("SIGTERM to the speaker", "Cease", "AdminDown", "yes")
        case .blackhole: ("interface drops all, keeps carrier", "silence", "silence", "no")
        case .onewayIn: ("all to the instance dropped", "Cease, late", "Down", "no")
        case .onewayOut: ("all from the instance dropped", "silence", "silence", "no")
        case .linkDown: ("interface loses its carrier", "silence", "silence", "no")
        case .bgpPartition: ("TCP port 179 dropped", "silence", "nothing", "yes")
        case .bfdPartition: ("UDP port 3784 dropped", "Cease, by BFD", "silence", "yes")
        case .withdraw: ("paths withdrawn", "UPDATE", "nothing", "yes")
        case .prepend: ("AS path made longer", "UPDATE", "nothing", "yes")
        case .drain: ("prepend, wait, then SIGTERM", "UPDATE, Cease", "AdminDown", "yes")
        case .endpointDown: ("one endpoint drops all", "one silent", "one silent", "yes")
        case .endpointsDown: ("all its endpoints drop all", "silence", "silence", "yes")
        case .loss: ("packets dropped at random", "gaps", "gaps", "mostly")
        case .flap: ("carrier gone and back, N times", "gaps", "gaps", "at times")
        case .delay: ("packets late, both ways", "a gap", "a gap", "late")
        case .jitter: ("packets late by chance, both ways", "gaps", "gaps", "late")
        case .azDown: ("all links of a zone drop all", "silence", "silence", "no")
        case .routeServerRestart: ("SIGKILL to it, then started again", "its own end", "silence", "yes")
        case .grey: ("all to the floating IP dropped", "nothing", "nothing", "no")
        case .soak: ("nothing", "nothing", "nothing", "yes")
        }
    }

    private static func traces(of fault: FaultName) -> (String, String, String) {
        switch fault {
        case .kill: ("closed", "keeps", "boots: links, init, speaker")
        case .powerOff: ("open, silent", "keeps", "boots: links, init, speaker")
        case .shutdown: ("closed", "keeps", "boots: links, init, speaker")
        case .crash, .terminate, .drain: ("closed", "keeps", "the speaker is started")
        case .freeze: ("open, silent", "keeps", "SIGCONT")
        case .blackhole, .endpointsDown, .azDown: ("open, silent", "keeps", "bridge ports forward again")
        case .endpointDown: ("one silent", "keeps", "bridge ports forward again")
        case .onewayIn, .onewayOut, .bgpPartition: ("open, silent", "keeps", "its nf_tables table removed")
        case .bfdPartition, .grey: ("open", "keeps", "its nf_tables table removed")
        case .loss: ("retransmits", "keeps", "its nf_tables table removed")
        case .linkDown: ("open, silent", "gone", "bridge ports up again")
        case .flap: ("retransmits", "comes, goes", "bridge ports up again")
        case .delay, .jitter: ("open, late", "keeps", "netem removed at both ends")
        case .withdraw, .prepend: ("open", "keeps", "announced as configured")
        case .routeServerRestart: ("closed", "keeps", "started, if it does not run")
        case .soak: ("open", "keeps", "nothing")
        }
    }

    private static func parameters(of fault: FaultName) -> [String] {
        switch fault {
        case .loss: ["--loss"]
        case .flap: ["--count", "--period"]
        case .delay: ["--delay"]
        case .jitter: ["--delay", "--jitter"]
        case .drain: ["--graceful-shutdown"]
        default: []
        }
    }
}
