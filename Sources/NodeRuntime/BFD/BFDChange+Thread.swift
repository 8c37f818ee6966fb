// SPDX-License-Identifier: MIT-0
internal import BFD
internal import NodeProtocol
internal import WireFormat

extension BFDChange {
    /// Tells the thread; the sessions are numbered as their peerings were, nil for one that was ended.
    ///
    /// - Returns: how many sessions were told.
    /// - Throws: where none is meant.
    func carryOut(
        by thread: BFDThread?, sessions: [(peer: IPAddress, endpoint: String?)?]
    ) throws(ProgramFailure) -> Int {
        let meant = sessions.indices.filter { number in
            guard let session = sessions[number] else { return false }
            return (peer.map { $0 == session.peer } ?? true) && (endpoint.map { $0 == session.endpoint } ?? true)
        }
        guard let thread, !meant.isEmpty else { throw ProgramFailure("there is no such BFD session") }
        for number in meant {
            switch action {
            case .setTimers(let timers): thread.send(.setTimers(number, timers))
            case .adminDown: thread.send(.adminDown(number, .administrativelyDown))
            case .adminUp: thread.send(.adminUp(number))
            }
        }
        return meant.count
    }
}
