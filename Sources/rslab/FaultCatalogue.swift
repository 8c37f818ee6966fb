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
        var undo: String
    }

    static var entries: [Entry] { FaultName.allCases.map(entry) }

    static var text: String {
        var table = TextTable([
            .init("fault"), .init("what is done"), .init("BGP sees"), .init("BFD sees"), .init("answers"),
        ])
        for entry in entries {
            table.addRow([
                "\(entry.fault.rawValue)", "\(entry.action)", "\(entry.bgp)", "\(entry.bfd)", "\(entry.answers)",
            ])
        }
        return table.render(Terminal.style)
    }

    private static func entry(_ fault: FaultName) -> Entry {
        let (action, bgp, bfd, answers, undo) = words(fault)
        return Entry(fault: fault, action: action, bgp: bgp, bfd: bfd, answers: answers, undo: undo)
    }

    // One row each, to be read as the table that it makes.
    private static func words(_ fault: FaultName) -> (String, String, String, String, String) {
        switch fault {
        case .kill: ("SIGKILL to all, then interface out", "FIN or RST", "silence", "briefly", "boot")
        case .powerOff: ("interface out, then SIGKILL to all", "silence", "silence", "no", "boot")
        case .shutdown: ("SIGTERM, then as power-off", "Cease", "AdminDown", "briefly", "boot")
        case .crash: ("SIGKILL to the speaker", "FIN or RST", "silence", "yes", "start")
        case .freeze: ("SIGSTOP to the speaker", "silence", "silence", "yes", "SIGCONT")
        case .terminate: ("SIGTERM to the speaker", "Cease", "AdminDown", "yes", "start")
        case .blackhole: ("interface drops all, keeps carrier", "silence", "silence", "no", "rules out")
        case .onewayIn: ("all to the instance dropped", "Cease, late", "Down", "no", "rules out")
        case .onewayOut: ("all from the instance dropped", "silence", "silence", "no", "rules out")
        case .linkDown: ("interface loses its carrier", "silence", "silence", "no", "link up")
        case .bgpPartition: ("TCP port 179 dropped", "silence", "nothing", "yes", "rules out")
        case .bfdPartition: ("UDP port 3784 dropped", "nothing", "silence", "yes", "rules out")
        case .withdraw: ("paths withdrawn", "UPDATE", "nothing", "yes", "announce")
        case .prepend: ("AS path made longer", "UPDATE", "nothing", "yes", "announce")
        case .drain: ("prepend, wait, then SIGTERM", "UPDATE, Cease", "AdminDown", "yes", "start")
        case .endpointDown: ("one endpoint drops all", "one silent", "one silent", "yes", "forward")
        case .endpointsDown: ("all its endpoints drop all", "silence", "silence", "yes", "forward")
        case .loss: ("packets dropped at random", "gaps", "gaps", "mostly", "rules out")
        case .grey: ("all to the floating IP dropped", "nothing", "nothing", "no", "rules out")
        case .soak: ("nothing", "nothing", "nothing", "yes", "nothing")
        }
    }
}
