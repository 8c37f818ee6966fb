// SPDX-License-Identifier: MIT-0

/// A query to a program that has a control socket: the socket `NODE.sock` of the lab's run directory.
package protocol NodeQuery: ProgramQuery {
    /// The query as it is sent.
    var request: NodeRequest { get }
}

extension NodeQuery {
    /// The reply with this answer.
    package func answered(by answer: Answer) -> EncodedReply { EncodedReply(ProgramReply.answer(answer)) }
}

extension NodeQuery where Answer == Done {
    /// The reply that says so.
    package var done: EncodedReply { answered(by: Done()) }
}

extension EncodedReply {
    /// What a program says to a query that it does not answer.
    package init(_ failure: ProgramFailure) {
        self.init(ProgramReply<Done>.failed(failure))
    }
}

/// The one form in which every query travels.
package enum NodeRequest: Codable, Sendable {
    case subscribe(Subscribe)
    case takeLateness(TakeLateness)
    case program(ProgramRequest)
}

/// Everything that the route server, the watcher and the speakers may be asked.
///
/// Each of them says of every case whether it answers: a new one does not compile before all do.
package enum ProgramRequest: Codable, Sendable {
    case listNeighbors(ListNeighbors)
    case listBFDSessions(ListBFDSessions)
    case changeBFDSessions(ChangeBFDSessions)
    case showGlobal(ShowGlobal)
    case showGlobalRIB(ShowGlobalRIB)
    case showAdjacentRIB(ShowAdjacentRIB)
    case originate(Originate)
    case withdraw(Withdraw)
    case withdrawAll(WithdrawAll)
    case originateBlock(OriginateBlock)
    case withdrawBlock(WithdrawBlock)
    case describeRouteServer(DescribeRouteServer)
    case changeRouteServer(ChangeRouteServer)
    case getRoutingDatabase(GetRoutingDatabase)
    case observeBlock(ObserveBlock)
    case beginBlock(BeginBlock)
    case reportBlock(ReportBlock)
    case listBlockChanges(ListBlockChanges)
}
