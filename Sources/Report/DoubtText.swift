// SPDX-License-Identifier: MIT-0
import Measurement

extension Validity.Reason {
    /// A sentence with the figures.
    package var text: String {
        guard let flow else { return sentence }
        let others = otherFlowCount.map { " and \(counted($0, "other flow"))" } ?? ""
        return "\(flow)\(others): \(sentence)"
    }

    private var sentence: String {
        switch doubt {
        case .lossBefore, .lossAfter, .notValidated, .severalPeriods, .outsideBracket: aboutLoss
        case .notConverged, .moved, .activeSilent, .standbyEarly, .unknownResponder, .activeAnswered, .standbyLost,
            .duplicates:
            aboutAnswers
        case .outOfOrder, .foreignRoute, .faultHealed, .peerLate, .detectionUnexplained: aboutRoutes
        case .proberLate, .foreignCPU, .steal, .timerLate, .coarseClock, .eventsDropped, .proberDied, .witnessDisagrees,
            .applicationDied, .applicationLate, .applicationLossBefore:
            aboutInstruments
        }
    }

    private var number: Int { count ?? 0 }
    private var timeText: String { (time ?? .zero).fineText }
    private var allowedText: String { (allowedTime ?? .zero).text }
    private var since: String { "\((sinceFault ?? .zero).fineText) after the fault" }
    private var name: String { instance.map { "'\($0)'" } ?? "an instance" }
    private var sessionName: String { session.map { "\($0.endpoint) - \($0.peer)" } ?? "a session" }

    private var aboutLoss: String {
        switch doubt {
        case .lossBefore:
            return
                "\(counted(number, "probe")) lost before \(fault == nil && flow == nil ? "the first fault" : "the fault")"
        case .lossAfter:
            let when = instance == nil && flow == nil ? "everything was as before" : "the standby had answered"
            let within = allowedTime.map { ", within the \($0.text) in which none may be" } ?? ""
            return "\(counted(number, "probe")) lost after \(when)\(within)"
        case .notValidated:
            return "recovery was watched for \((time ?? .zero).text), and \(allowedText) were asked for"
        case .severalPeriods:
            return "\(number) separate times without an answer, \(timeText) together, where one fault causes one"
        default:
            return "the standby's first answer came \(timeText) after the fault, and the outage's bracket ends at"
                + " \((allowedTime ?? .zero).fineText)"
        }
    }

    private var aboutAnswers: String {
        switch doubt {
        case .notConverged where total != nil:
            return "\(counted(number, "prefix", "prefixes")) of \(total ?? 0) did not move"
        case .notConverged: return "\(name) never answered after the fault"
        case .moved:
            guard let fault else { return "\(name) answered after the fault, and should not" }
            return
                "\(name) answered after the fault, although \(fault.rawValue) should not move traffic: a false failover"
        case .activeSilent: return "\(name) answered no probe before the fault"
        case .standbyEarly: return "\(name) answered probes before the fault"
        case .unknownResponder:
            let list = (timesToLive ?? []).map { "\($0)" }.joined(separator: ", ")
            return "\(counted(number, "reply", "replies")) with a TTL of no instance\(list.isEmpty ? "" : " (\(list))")"
        case .activeAnswered:
            return
                "\(name) answered \(counted(number, "probe")) that left while the fault was in place, the first \(since)"
        case .standbyLost:
            return
                "\(name) had taken over, and others answered \(counted(number, "probe")) after that, the first \(since)"
        default:
            return
                "\(counted(number, "reply", "replies")) to probes that had been answered before: there is a second responder"
        }
    }

    private var aboutRoutes: String {
        switch doubt {
        case .outOfOrder:
            let (step, cause) = (step?.words ?? "a step", cause?.words ?? "its cause")
            return "'\(step)' came \(timeText) before '\(cause)', which causes it"
        case .foreignRoute:
            return
                "\(counted(number, "change")) of the route in \(table ?? "its table") not by the route server, the first"
                + " \(since)"
        case .faultHealed where session == nil: return "the fault was not in place any more \(since)"
        case .faultHealed: return "\(sessionName) came back \(since), before the fault was taken back"
        case .peerLate:
            return "\(sessionName): the peer was silent for \(timeText) before the fault, and \(allowedText) are agreed"
        default:
            return
                "\(sessionName): the last packet and the timer give \((allowedTime ?? .zero).fineText) after the fault,"
                + " and it was given up after \(timeText)"
        }
    }

    private var aboutInstruments: String {
        let limit = "and \(allowedText) are allowed"
        let shares = "\(percentText(share ?? 0))", allowedShares = "and \(percentText(allowedShare ?? 0)) is allowed"
        switch doubt {
        case .proberLate: return "a probe left \(timeText) late, \(limit)"
        case .foreignCPU: return "other processes took \(shares) of the CPUs, \(allowedShares)"
        case .steal: return "the hypervisor gave \(shares) of the CPUs' time to other machines, \(allowedShares)"
        case .timerLate:
            let node = node ?? "a node"
            return thread == .bfd
                ? "a BFD timer of \(node) was served \(timeText) late, \(limit)"
                : "\(node) was woken \(timeText) late for a timer, \(limit)"
        case .coarseClock: return "the kernel reads the time from \(clockSource ?? "a clock"), which is too coarse"
        case .eventsDropped: return "the kernel dropped route events: some prefixes have no stamp"
        case .proberDied: return "the prober ended without its closing record"
        case .witnessDisagrees:
            let name = witness?.words ?? "a witness"
            return switch aspect {
            case .begin: "\(name): the outage begins \(timeText) from where the prober has it, \(limit)"
            case .end: "\(name): the outage ends \(timeText) from where the prober has it, \(limit)"
            case .length: "\(name): the outage's bracket and the prober's are \(timeText) apart"
            case .silence, nil: "\(name): not everything was recorded"
            }
        case .applicationDied: return "the applications' client ended without its closing record"
        case .applicationLate: return "a request came \(timeText) late, \(limit)"
        default:
            let over = (application ?? .tcp).rawValue.uppercased()
            return "\(counted(number, "request")) over \(over) lost before the fault"
        }
    }
}
