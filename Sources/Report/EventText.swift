// SPDX-License-Identifier: MIT-0
package import Measurement

extension TraceEvent {
    /// What happened, in a sentence for people; when and where it happened is not part of it.
    package var text: String {
        let reason = cause.map { ": \($0.text)" } ?? ""
        return switch kind {
        case .nodeStarted: "started\(more)"
        case .sessionEstablished: "BGP session \(session) is Established\(more)"
        case .sessionDown:
            detail == .beforeEstablished
                ? "BGP session \(session) was not established\(reason)" : "BGP session \(session) ended\(reason)"
        case .sessionState: "BGP session \(session)\(more)\(reason)"
        case .bfdState: "BFD session \(session)\(more)\(reason)"
        case .bfdDown: "BFD session \(session) is down\(reason)"
        case .bestPathChanged: "best path \(route)\(reason)\(more)"
        case .tableWritten: "route table \(table ?? "?") written: \(route)\(reason)"
        case .tableChanged: "route table \(table ?? "?") changed: \(route)\(reason)"
        case .routesPersisted: "routes are persisted\(reason)\(more)"
        case .routesUnpersisting: "persisted routes are to be given up\(reason)\(more)"
        case .routesUnpersisted: "routes are no longer persisted\(reason)\(more)"
        case .persistedRoutesReset: "persisted routes were reset\(reason)"
        case .peerLog: "peer log\(session == Self.noSession ? "" : " of \(session)")\(more)"
        case .faultInjecting: "a fault is about to be injected\(more)"
        case .faultInjected: "the fault is in place\(more)"
        case .faultStep: "step of the fault\(more)"
        case .restoring: "the fault is being taken back\(more)"
        case .restored: "the fault was taken back\(more)"
        case .note: more.isEmpty ? "note" : String(more.dropFirst(2))
        }
    }

    private static let noSession = "?"

    private var session: String {
        let ends = [endpoint, peer.map { "\($0)" }].compactMap(\.self)
        return ends.isEmpty ? Self.noSession : ends.joined(separator: " - ")
    }

    private var route: String {
        let prefix = prefix.map { "\($0)" } ?? "?"
        let several = count.map { "\(counted($0, "route")) of \(prefix)" } ?? "to \(prefix)"
        guard let nextHop else { return "\(several): none" }
        return "\(several) via \(nextHop)\(instance.map { " (\($0))" } ?? "")"
    }

    /// The detail, with what separates it from the words before it.
    private var more: String {
        switch detail {
        case nil, .beforeEstablished: ""
        case .scheduling(let thread, let priority):
            ": \(thread.rawValue) thread, "
                + (priority.map { "real-time priority \($0)" } ?? "without real-time priority")
        case .speaker(let asn, let routerID): ": AS \(asn), router ID \(routerID)"
        case .agreed(let holdTime, let keepalive): ": hold time \(holdTime) s, keepalive \(keepalive) s"
        case .transition(let from, let to): ": \(from) to \(to)"
        case .selection(let reason): "; preferred by \(reason.words)"
        case .lastSessionEnded: "; the last session ended"
        case .noSessionAgain: "; no session is left again"
        case .sessionBack(let time): "; a session is back, and they stay for \(time.text)"
        case .peerLog(let type, let status): ": \(type) \(status)"
        case .suppressed(let count): ": \(counted(count, "more event")) suppressed"
        case .message(let text): ": \(text)"
        }
    }
}
