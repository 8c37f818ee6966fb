// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import LinuxSystem
internal import NodeProtocol
internal import WireFormat

/// A node's BFD sessions as its BGP thread sees them: each one watches the path of one BGP session.
///
/// `BFDClients` decides what they mean to BGP. The BFD thread sends and receives; it exists as soon as there is a
/// session.
final class BFDSessions {
    private struct Watch {
        let neighbor: NeighborID
        let peering: BFDPeering
    }

    private let loop: EventLoop
    private var thread: BFDThread?
    private var clients = BFDClients<NeighborID>()
    /// In the order of their numbers, including removed ones.
    private var watches: [Watch] = []
    /// Carries out what BFD means for BGP.
    var onOutput: (BFDClients<NeighborID>.Output) -> Void = { _ in }
    /// Receives the sessions' reports, after their consequences have been carried out.
    var onReport: (BFDReport, NeighborID?) -> Void = { _, _ in }

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Watches the paths to these neighbours from now on.
    ///
    /// - Throws: if the first sessions cannot be opened; a later one that cannot be added is reported as refused.
    func watch(_ peerings: [(NeighborID, BFDPeering)]) throws(SystemError) {
        guard !peerings.isEmpty else { return }
        for (neighbor, peering) in peerings {
            clients.watch(neighbor, by: BFDSessionID(watches.count))
            watches.append(Watch(neighbor: neighbor, peering: peering))
        }
        if let thread {
            for (_, peering) in peerings { thread.send(.add(peering)) }
        } else {
            thread = try BFDThread(peerings.map(\.1), loop: loop) { [unowned self] in take($0) }
        }
    }

    /// Ends the session with a neighbour.
    func unwatch(_ neighbor: NeighborID) {
        guard let session = clients.session(of: neighbor) else { return }
        clients.unwatch(neighbor)
        thread?.send(.remove(session))
    }

    /// Notes a change of the neighbour's BGP session.
    func note(_ output: Session.Output, of neighbor: NeighborID, at now: Instant) {
        switch output {
        case .established: clients.handle(.established(neighbor), at: now)
        case .ended: clients.handle(.ended(neighbor), at: now)
        default: break
        }
    }

    private func take(_ report: BFDReport) {
        switch report {
        case .stateChanged(let session, _, let state, _, let instant):
            clients.handle(.stateChanged(session, to: state), at: instant)
        case .wentDown(let session, let cause, _, let instant):
            clients.handle(.wentDown(session, cause), at: instant)
        case .finding, .refused, .snapshots, .lateness, .started:
            break
        }
        while let output = clients.nextOutput() { onOutput(output) }
        onReport(report, report.session.map { watches[$0.value].neighbor })
    }

    // MARK: For others

    /// All sessions as they are now.
    func takeSnapshots() throws(ProgramFailure) -> [BFDSessionSnapshot] {
        guard let thread else { return [] }
        return try thread.takeSnapshots()
    }

    /// How punctual the BFD thread was since the last call, as of up to a second ago; nil without one.
    func takeLateness() -> TimerLateness? {
        thread?.takeLateness()
    }

    /// Changes the selected sessions.
    ///
    /// - Returns: their number.
    /// - Throws: if there are none.
    func carryOut(_ change: BFDChange) throws(ProgramFailure) -> Int {
        let meant = watches.compactMap { watch -> BFDSessionID? in
            let isMeant =
                (change.peer.map { $0 == watch.peering.peerAddress } ?? true)
                && (change.endpoint.map { $0 == watch.peering.endpoint } ?? true)
            return isMeant ? clients.session(of: watch.neighbor) : nil
        }
        guard let thread, !meant.isEmpty else { throw ProgramFailure("there is no such BFD session") }
        for session in meant {
            switch change.action {
            case .setTimers(let timers): thread.send(.setTimers(session, timers))
            case .adminDown: thread.send(.adminDown(session, .administrativelyDown))
            case .adminUp: thread.send(.adminUp(session))
            }
        }
        return meant.count
    }

    /// Tells the peers that the sessions are administratively down, and waits until that has been sent.
    func stop() {
        thread?.stop()
    }
}
