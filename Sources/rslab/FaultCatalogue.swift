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
        case .kill: "SIGKILL to all, then interface out"
        case .powerOff: "interface out, then SIGKILL to all"
        case .crash: "SIGKILL to the speaker"
        case .freeze: "SIGSTOP to the speaker"
        case .terminate: "SIGTERM to the speaker"
        case .blackhole: "interface drops all, keeps carrier"
        case .linkDown: "interface loses its carrier"
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
        case .kill: "until TCP is closed"
        case .powerOff, .blackhole, .linkDown: "no"
        case .crash, .freeze, .terminate: "yes"
        }
    }
}
