// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Measurement
import NodeProtocol
import RouteServer
import Testing
import WireFormat

/// Every query of the protocol, each with parameters of its own.
private let programQueries: [any NodeQuery] = {
    guard let neighbor = IPAddress("10.0.1.4"), let floating = IPPrefix("172.16.1.1/32"),
        let block = PrefixBlock(count: 16)
    else { preconditionFailure("written out above") }
    let attributes = PathAttributes(
        origin: .incomplete, asPath: ASPath(sequence: [ASN(65001)]), nextHop: .v4(.any))
    return [
        ListNeighbors(), ListBFDSessions(),
        ChangeBFDSessions(
            BFDChange(
                .setTimers(BFDTimers(interval: .milliseconds(50), multiplier: 3)), peer: neighbor, endpoint: "rse1")),
        ShowGlobal(), ShowGlobalRIB(.ipv6), ShowAdjacentRIB(of: neighbor, .advertised, .ipv4),
        Originate([Announcement(prefix: floating, attributes: attributes)]), Withdraw([floating]), WithdrawAll(),
        OriginateBlock(block, attributes), WithdrawBlock(block), DescribeRouteServer(),
        ChangeRouteServer(.modify(.init(persistRoutes: .enable, durationMinutes: 3))),
        GetRoutingDatabase(of: [floating]), ObserveBlock(block), BeginBlock(), ReportBlock(),
        ListBlockChanges(in: "rtb"), ListTableRoutes(to: [floating]),
    ]
}()

extension ProgramRequest {
    /// The query that travels in the request.
    fileprivate var query: any NodeQuery {
        switch self {
        case .listNeighbors(let query): query
        case .listBFDSessions(let query): query
        case .changeBFDSessions(let query): query
        case .showGlobal(let query): query
        case .showGlobalRIB(let query): query
        case .showAdjacentRIB(let query): query
        case .originate(let query): query
        case .withdraw(let query): query
        case .withdrawAll(let query): query
        case .originateBlock(let query): query
        case .withdrawBlock(let query): query
        case .describeRouteServer(let query): query
        case .changeRouteServer(let query): query
        case .getRoutingDatabase(let query): query
        case .observeBlock(let query): query
        case .beginBlock(let query): query
        case .reportBlock(let query): query
        case .listBlockChanges(let query): query
        case .listTableRoutes(let query): query
        }
    }
}

@Suite struct QueryTests {
    @Test(arguments: programQueries.indices)
    func `a query arrives as it was sent`(index: Int) throws {
        let sent = programQueries[index]
        guard case .program(let request) = try JSON.decode(NodeRequest.self, from: JSON.encode(sent.request)) else {
            Issue.record("\(type(of: sent)) is no program's")
            return
        }
        #expect(type(of: request.query) == type(of: sent))
        #expect(JSON.encode(request.query) == JSON.encode(sent))
    }

    @Test func `a subscription says from which instant on`() throws {
        let sent = Subscribe(since: Instant(nanoseconds: 42))
        guard case .subscribe(let query) = try JSON.decode(NodeRequest.self, from: JSON.encode(sent.request)) else {
            Issue.record("a subscription became something else")
            return
        }
        #expect(query.since == Instant(nanoseconds: 42))
    }

    @Test func `events for a subscriber are an answer to its query`() throws {
        var event = TraceEvent(at: Instant(nanoseconds: 7), node: "rs", kind: .sessionDown)
        event.peer = IPAddress("10.0.1.203")
        let octets = Subscribe.message(event).octets
        guard case .answer(let told) = try JSON.decode(ProgramReply<Subscribe.Answer>.self, from: octets) else {
            Issue.record("an event became a failure")
            return
        }
        #expect(told == event)
    }

    @Test func `an answer has the type that its query asks for`() throws {
        var report = BlockReport(tables: [], writingBegan: Instant(nanoseconds: 5), overrunCount: 2)
        report.tables.append(.init("rtb", BlockLedger(try #require(PrefixBlock(count: 4)))))
        let octets = ReportBlock().answered(by: report).octets
        guard case .answer(let answer) = try JSON.decode(ProgramReply<ReportBlock.Answer>.self, from: octets) else {
            Issue.record("an answer became a failure")
            return
        }
        #expect(answer == report)
    }

    @Test func `octets of another answer are refused, not taken for it`() {
        let octets = BeginBlock().done.octets
        #expect(throws: JSONError.self) { try JSON.decode(ProgramReply<GetRoutingDatabase.Answer>.self, from: octets) }
    }

    @Test func `a failure is understood, whatever the query was`() throws {
        let octets = EncodedReply(.notAnswered(by: "the watcher")).octets
        func reason<Query: NodeQuery>(_ query: Query.Type) throws -> String? {
            guard case .failed(let failure) = try JSON.decode(ProgramReply<Query.Answer>.self, from: octets) else {
                return nil
            }
            return failure.description
        }
        #expect(try reason(ListNeighbors.self) == "the watcher does not answer that")
        #expect(try reason(ChangeRouteServer.self) == "the watcher does not answer that")
        #expect(try reason(WithdrawAll.self) == "the watcher does not answer that")
        #expect(try reason(ChangeBFDSessions.self) == "the watcher does not answer that")
    }

    @Test func `a refusal is an answer, with what is refused`() throws {
        let refusal = RouteServerRefusal.notFound(.peer, "rsp-1")
        let octets = ChangeRouteServer(.associate).answered(by: .refused(refusal)).octets
        guard
            case .answer(.refused(let told)) = try JSON.decode(
                ProgramReply<ChangeRouteServer.Answer>.self, from: octets)
        else {
            Issue.record("a refusal became something else")
            return
        }
        #expect(told == refusal)
    }

    @Test func `anything that is not a query is refused`() {
        #expect(throws: JSONError.self) { try JSON.decode(NodeRequest.self, from: Array(#"{"program":{}}"#.utf8)) }
        #expect(throws: JSONError.self) { try JSON.decode(NodeRequest.self, from: []) }
    }
}

@Suite struct InitQueryTests {
    private let order = ProcessOrder(
        name: "speaker", executable: "/usr/bin/rslab-node", arguments: ["speaker", "/run/a.json"],
        networkNamespace: "instance", hostName: "instance", binds: [.init("/tmp/a", at: "/etc/frr")],
        logPath: "/run/a.log", descriptorCount: 1)

    @Test func `an order arrives as it was sent`() throws {
        let octets = JSON.encode(StartProgram(order).request)
        guard case .startProgram(let query) = try JSON.decode(InitRequest.self, from: octets) else {
            Issue.record("an order became something else")
            return
        }
        #expect(query.order == order)
    }

    @Test func `names of namespaces keep their order`() throws {
        let octets = JSON.encode(HoldNamespaces(["vpc", "rs", "a"]).request)
        guard case .holdNamespaces(let query) = try JSON.decode(InitRequest.self, from: octets) else {
            Issue.record("names became something else")
            return
        }
        #expect(query.names == ["vpc", "rs", "a"])
    }

    @Test func `the end of a program is distinguished from an answer, whatever is waited for`() throws {
        let ended = EndedProgram(name: "speaker", status: 137, logPath: "/run/a.log", logByteCount: 120)
        let octets = JSON.encode(InitMessage<Done>.ended(ended))
        guard case .ended(let told) = try JSON.decode(InitMessage<ListPrograms.Answer>.self, from: octets) else {
            Issue.record("an end became a reply")
            return
        }
        #expect(told == ended)
    }

    @Test func `a list says how many programs follow`() throws {
        let ended = EndedProgram(name: "c", purpose: .service, status: 2, logPath: "/run/c.log", logByteCount: 0)
        let octets = ListPrograms().answered(by: .init(names: ["a", "b"], ended: [ended], remainingCount: 3)).octets
        guard case .reply(.answer(let answer)) = try JSON.decode(InitMessage<ListPrograms.Answer>.self, from: octets)
        else {
            Issue.record("a list became something else")
            return
        }
        #expect(answer.names == ["a", "b"] && answer.ended == [ended] && answer.remainingCount == 3)
    }

    @Test func `a failure says why`() throws {
        let octets = StartProgram(order).failed("cannot start").octets
        guard case .reply(.failed(let failure)) = try JSON.decode(InitMessage<Done>.self, from: octets) else {
            Issue.record("a failure became something else")
            return
        }
        #expect(failure.reason == "cannot start")
    }
}
