// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import DequeModule
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// Events of the route server, recorded once there is time.
extension RouteServerProgram {
    /// What happened on the timed path, before it is put into words.
    enum Happening {
        case session(Session.Output, RouteServerProgramConfiguration.PeerSession, at: Instant, heard: LastHeard?)
        case bfd(BFDReport, RouteServerProgramConfiguration.PeerSession?)
        case bestPathChanged(BestPathChange, at: Instant)
        case persistenceChanged(PersistenceChange)
        case peerLog(PeerLogEvent)
        case tableWritten(TableChange, SystemError?, at: Instant)
    }

    /// Records events for what happened, when there is time, and until there is none.
    func tell(until deadline: Instant) {
        guard !untold.isEmpty else { return }
        defer { peerLog?.write() }
        while let happening = untold.popFirst() {
            switch happening {
            case .session(let output, let session, let instant, let heard):
                tell(output, of: session, at: instant, heard: heard)
            case .bfd(let report, let session):
                server.record(report) {
                    guard let session else { return }
                    $0.endpoint = session.endpoint
                    $0.peer = session.session.peerAddress
                    $0.instance = instance(owning: session.session.peerAddress)
                }
            case .bestPathChanged(let change, let instant):
                server.record(.bestPathChanged, at: instant) {
                    $0.prefix = change.prefix
                    $0.nextHop = change.winner?.attributes.nextHop
                    $0.instance = change.winner?.owner?.instance
                    $0.cause = .route(change.cause)
                    $0.detail = change.reason.map(TraceEvent.Detail.selection)
                }
            case .persistenceChanged(let change):
                tell(change)
            case .peerLog(let event):
                tell(event)
            case .tableWritten(let change, let error, let instant):
                server.record(error == nil ? .tableWritten : .note, at: instant) {
                    $0.prefix = change.prefix
                    $0.nextHop = change.nextHop
                    $0.table = change.table
                    $0.writer = writer
                    $0.instance = change.nextHop.flatMap(instance(owning:))
                    $0.cause = error.map { .refused(SystemFailure($0)) }
                }
            }
            guard Instant.now < deadline else { break }
        }
    }

    private func tell(_ change: PersistenceChange) {
        switch change.kind {
        case .persisted: server.record(.routesPersisted, at: change.at) { $0.detail = .lastSessionEnded }
        case .persistedFurther: server.record(.routesPersisted, at: change.at) { $0.detail = .noSessionAgain }
        case .unpersisting(let deadline):
            let remaining = Milliseconds(from: change.at, to: deadline)
            server.record(.routesUnpersisting, at: change.at) { $0.detail = .sessionBack(givenUpIn: remaining) }
        case .unpersisted(let cause):
            let kind: TraceEvent.Kind = cause == .persistenceReset ? .persistedRoutesReset : .routesUnpersisted
            server.record(kind, at: change.at) { $0.cause = .route(cause) }
        }
    }

    private func tell(_ event: PeerLogEvent) {
        let record = peerLog?.add(event)
        server.record(.peerLog, at: event.at) {
            $0.endpoint = event.peer.endpoint
            $0.peer = event.peer.address
            $0.instance = instance(owning: event.peer.address)
            if case .routeStatus(_, let prefix, let attributes) = event.event {
                $0.prefix = prefix
                $0.nextHop = attributes.value.nextHop
            }
            $0.detail = record.map { .peerLog(type: $0.type.rawValue, status: $0.status) }
        }
    }

    private func tell(
        _ output: Session.Output, of session: RouteServerProgramConfiguration.PeerSession, at instant: Instant,
        heard: LastHeard?
    ) {
        switch output {
        case .established(let negotiated):
            record(.sessionEstablished, session, at: instant) {
                $0.detail = .agreed(
                    holdTimeSeconds: negotiated.holdTimeSeconds,
                    keepaliveSeconds: negotiated.keepaliveIntervalSeconds)
            }
        case .ended(let end):
            record(.sessionDown, session, at: instant) {
                $0.cause = .session(end)
                $0.heard = heard
            }
        case .attemptFailed(let end):
            record(.sessionDown, session, at: instant) {
                $0.cause = .session(end)
                $0.detail = .beforeEstablished
            }
        case .stateChanged(let from, let to):
            record(.sessionState, session, at: instant) {
                $0.detail = .transition(from: from.rawValue, to: to.rawValue)
            }
        case .finding(let finding):
            record(.note, session, at: instant) { $0.detail = .message("\(finding)") }
        case .update, .routeRefreshRequested, .sendBacklogFull, .sendBacklogDrained, .connect, .transmit, .close:
            break
        }
    }

    private func record(
        _ kind: TraceEvent.Kind, _ session: RouteServerProgramConfiguration.PeerSession, at now: Instant,
        _ complete: (inout TraceEvent) -> Void
    ) {
        server.record(kind, at: now) {
            $0.endpoint = session.endpoint
            $0.peer = session.session.peerAddress
            $0.instance = instance(owning: session.session.peerAddress)
            complete(&$0)
        }
    }

    func instance(owning address: IPAddress) -> String? {
        configuration.machine.owners.first { $0.address == address }?.instance
    }
}
