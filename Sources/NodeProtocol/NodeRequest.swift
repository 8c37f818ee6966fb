// SPDX-License-Identifier: MIT-0

/// A query to a program with a control socket: `NODE.sock` in the lab's run directory.
package protocol NodeQuery: ProgramQuery {
    /// The query in the form in which it is sent.
    var request: NodeRequest { get }
}

extension NodeQuery {
    /// The reply with this answer.
    package func answered(by answer: Answer) -> EncodedReply { EncodedReply(ProgramReply.answer(answer)) }
}

extension NodeQuery where Answer == Done {
    /// The reply that confirms completion.
    package var done: EncodedReply { answered(by: Done()) }
}

extension EncodedReply {
    /// The reply of a program that does not answer the query.
    package init(_ failure: ProgramFailure) {
        self.init(ProgramReply<Done>.failed(failure))
    }
}

/// The form in which all queries are sent.
package enum NodeRequest: Codable, Sendable {
    case subscribe(Subscribe)
    case takeLateness(TakeLateness)
    case program(ProgramRequest)
}

/// All queries to the route server, the watcher and the speakers.
///
/// Each of them must handle or refuse every case: after adding one, nothing compiles until all do.
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
    case listTableRoutes(ListTableRoutes)
}
