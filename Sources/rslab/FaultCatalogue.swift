// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import Report

/// What each fault does, for `failover --list-faults`.
enum FaultCatalogue {
    static var text: String {
        var table = TextTable([
            .init("fault"), .init("what is done"), .init("the route server sees"), .init("still answers"),
        ])
        for fault in FaultName.allCases {
            table.addRow(["\(fault.rawValue)", "\(action(fault))", "\(notice(fault))", "\(answers(fault))"])
        }
        return table.render(Terminal.style)
    }

    private static func action(_ fault: FaultName) -> String {
        switch fault {
        case .kill: "SIGKILL to every process, then the interface is removed"
        case .powerOff: "the interface is removed, then SIGKILL to every process"
        case .crash: "SIGKILL to the speaker"
        case .freeze: "SIGSTOP to the speaker"
        case .terminate: "SIGTERM to the speaker"
        case .blackhole: "the interface drops everything, carrier stays"
        case .linkDown: "the interface loses its carrier"
        }
    }

    private static func notice(_ fault: FaultName) -> String {
        switch fault.signal {
        case .notification: "NOTIFICATION (Cease)"
        case .connectionClosed: "TCP closed (FIN or RST)"
        case .silence: "silence: a timer"
        }
    }

    private static func answers(_ fault: FaultName) -> String {
        switch fault {
        case .kill: "until its sockets are closed"
        case .powerOff, .blackhole, .linkDown: "no"
        case .crash, .freeze, .terminate: "yes"
        }
    }
}
