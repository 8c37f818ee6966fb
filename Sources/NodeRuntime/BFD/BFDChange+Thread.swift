// SPDX-License-Identifier: MIT-0
internal import BFD
internal import NodeProtocol
internal import WireFormat

extension BFDChange {
    /// Tells the thread; the sessions are numbered as their peerings were, nil for one that was ended.
    func carryOut(by thread: BFDThread?, sessions: [(peer: IPAddress, endpoint: String?)?]) -> NodeReply {
        let meant = sessions.indices.filter { number in
            guard let session = sessions[number] else { return false }
            return (peer.map { $0 == session.peer } ?? true) && (endpoint.map { $0 == session.endpoint } ?? true)
        }
        guard let thread, !meant.isEmpty else { return .failed(reason: "there is no such BFD session") }
        for number in meant {
            switch action {
            case .setTimers(let timers): thread.send(.setTimers(number, timers))
            case .adminDown: thread.send(.adminDown(number, .administrativelyDown))
            case .adminUp: thread.send(.adminUp(number))
            }
        }
        return .bfdChanged(sessionCount: meant.count)
    }
}
