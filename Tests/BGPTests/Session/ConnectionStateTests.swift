// SPDX-License-Identifier: MIT-0
import Causes
import TestSupport
import Testing
import WireFormat

@testable import BGP

/// The states of one connection: what each has, and which message leads from which to which (RFC 4271 section 8.2.2).
struct ConnectionStateTests {
    private static let local = address("10.0.1.102")
    private static let keepalive: [UInt8] = []
    /// An UPDATE's body without routes: an End-of-RIB.
    private static let update: [UInt8] = [0, 0, 0, 0]
    private static let refresh: [UInt8] = [0, 1, 0, 1]

    /// A connection that came as far as a phase, at 10 s.
    private func connection(in phase: Phase, peer: OpenMessage = peerOpen()) throws -> Box {
        let box = Box()
        guard phase != .connect else { return box }
        let isOpened = box.state.opened(localAddress: Self.local, at: .zero)
        #expect(isOpened)
        guard phase != .openSent else { return box }
        box.accept(peer, at: Box.now)
        guard phase != .openConfirm else { return box }
        _ = try box.state.receiveKeepalive(at: Box.now)
        return box
    }

    /// Holds a state for a test: `#expect` copies what it looks at.
    private final class Box {
        static let now = Instant.zero + .seconds(10)
        var state = ConnectionState.connecting
        private var random = SeededGenerator(seed: 1)

        func accept(_ open: OpenMessage, at now: Instant) {
            state.accept(open, for: instanceConfiguration(), random: &random, at: now)
        }

        func sent(_ type: MessageType, at now: Instant) {
            state.restartKeepaliveTimer(after: type, random: &random, at: now)
        }

        /// How many octets wait in the framer for the rest of their message.
        var pendingOctetCount: Int {
            var framer = MessageFramer()
            state.exchangeFramer(&framer)
            defer { state.exchangeFramer(&framer) }
            return framer.pendingOctetCount
        }

        func append(_ octets: [UInt8]) throws {
            var framer = MessageFramer()
            state.exchangeFramer(&framer)
            defer { state.exchangeFramer(&framer) }
            try framer.append(octets.span.bytes) { _, _ in true }
        }
    }

    private static let phases: [Phase] = [.connect, .openSent, .openConfirm, .established]

    @Test(arguments: phases)
    func `the negotiated values exist from OpenConfirm on, and not before`(phase: Phase) throws {
        let box = try connection(in: phase)
        let isAgreed = phase == .openConfirm || phase == .established
        #expect(box.state.phase == phase)
        #expect((box.state.agreement != nil) == isAgreed)
        #expect((box.state.lastKeepalive != nil) == isAgreed)
        #expect((box.state.keepaliveDeadline != nil) == isAgreed)
        #expect((box.state.holdDeadline != nil) == (phase != .connect))
        #expect(box.state.establishedSince == (phase == .established ? Box.now : nil))
        #expect(box.state.agreement?.negotiated.localAddress == (isAgreed ? Self.local : nil))
    }

    @Test(arguments: phases)
    func `only a dial is opened, and only an OPEN that was waited for is accepted`(phase: Phase) throws {
        let dialled = try connection(in: phase)
        let isOpened = dialled.state.opened(localAddress: Self.local, at: Box.now)
        #expect(isOpened == (phase == .connect))
        #expect(dialled.state.phase == (phase == .connect ? .openSent : phase))
        let accepting = try connection(in: phase)
        accepting.accept(peerOpen(holdTimeSeconds: 9), at: Box.now)
        #expect(accepting.state.phase == (phase == .openSent ? .openConfirm : phase))
        #expect(
            accepting.state.agreement?.negotiated.holdTimeSeconds
                == (phase == .openSent ? 9 : phase == .connect ? nil : 90))
    }

    /// RFC 6608: what a state does not expect ends the connection, and leaves the state as it was until then.
    @Test(arguments: phases)
    func `each state accepts only its own messages`(phase: Phase) throws {
        let subcode = [Phase.connect: 0, .openSent: 1, .openConfirm: 2, .established: 3][phase] ?? 0
        func fails(_ type: MessageType, _ body: (Box) throws -> Void) throws {
            let box = try connection(in: phase)
            let expected = NotificationMessage(code: 5, subcode: UInt8(subcode), data: [type.rawValue])
            #expect(throws: expected) { try body(box) }
            #expect(box.state.phase == phase)
        }
        let open = Array(peerOpen().encoded().dropFirst(MessageHeader.octetCount))
        if phase != .openSent { try fails(.open) { _ = try $0.state.decodeOpen(open.span.bytes) } }
        if phase == .connect || phase == .openSent {
            try fails(.keepalive) { _ = try $0.state.receiveKeepalive(at: Box.now) }
        }
        if phase != .established {
            try fails(.update) { _ = try $0.state.receiveUpdate(Self.update.span.bytes, at: Box.now) }
            try fails(.routeRefresh) { _ = try $0.state.receiveRouteRefresh(Self.refresh.span.bytes) }
        }
    }

    @Test func `half a message goes with the connection from state to state`() throws {
        let half = Array(Message.encodedKeepalive.prefix(11))
        let box = try connection(in: .openSent)
        try box.append(half)
        box.accept(peerOpen(), at: Box.now)
        #expect(box.pendingOctetCount == 11)
        _ = try box.state.receiveKeepalive(at: Box.now)
        #expect(box.state.phase == .established && box.pendingOctetCount == 11)
        _ = try box.state.receiveUpdate(Self.update.span.bytes, at: Box.now)
        try box.append(Array(Message.encodedKeepalive.dropFirst(11)))
        #expect(box.pendingOctetCount == 0)
    }

    @Test func `a hold time of 0 leaves OpenConfirm its large HoldTimer and Established none`() throws {
        let box = try connection(in: .openConfirm, peer: peerOpen(holdTimeSeconds: 0))
        #expect(box.state.holdDeadline == Instant.zero + ConnectionState.OpenSent.largeHoldTime)
        #expect(box.state.keepaliveDeadline == nil)
        _ = try box.state.receiveKeepalive(at: Box.now)
        box.sent(.update, at: Box.now)
        #expect(box.state.holdDeadline == nil && box.state.keepaliveDeadline == nil)
    }

    @Test func `what is received restarts the HoldTimer, and what is sent the KeepaliveTimer`() throws {
        let box = try connection(in: .established)
        let later = Box.now + .seconds(20)
        #expect(box.state.holdDeadline == Box.now + .seconds(90))
        _ = try box.state.receiveUpdate(Self.update.span.bytes, at: later)
        #expect(box.state.holdDeadline == later + .seconds(90))
        box.sent(.update, at: later)
        // Until the timer has expired once, the interval is any part of 30 s.
        #expect((later...later + .seconds(30)).contains(box.state.keepaliveDeadline ?? .zero))
        #expect(box.state.lastKeepalive == Box.now, "an UPDATE is no KEEPALIVE")
        box.sent(.keepalive, at: later)
        #expect(box.state.lastKeepalive == later)
        for type in [MessageType.update, .keepalive] {
            box.sent(type, at: later)
            let deadline = box.state.keepaliveDeadline ?? .zero
            #expect((later + .milliseconds(22_500)...later + .seconds(30)).contains(deadline))
        }
        #expect(box.state.establishedSince == Box.now)
    }

    /// Whatever happens on up to three connections at once.
    @Test func `never two connections have agreed, and Established always knows since when`() {
        var random = SeededGenerator(seed: 7)
        var visits: [Phase: UInt64] = [:]
        let seeds = TestLength.rounds(UInt64(80), long: 200)
        for seed in 0..<seeds {
            var configuration = instanceConfiguration()
            if seed.isMultiple(of: 2) { configuration.routerID = v4("10.0.1.240") }
            let lone = LoneSession(configuration)
            lone.handle(.start)
            var nextIncoming = ConnectionID.firstIncoming.value
            for _ in 0..<200 {
                let ids = lone.connectionIDs
                let id = ids.randomElement(using: &random) ?? LoneSession.dial
                switch Int.random(in: 0..<9, using: &random) {
                case 0:
                    lone.opened(ConnectionID(value: nextIncoming))
                    nextIncoming += 1
                case 1, 2: lone.opened(id)
                case 3, 4: lone.receive(peerOpen().encoded(), on: id)
                case 5, 6: lone.receive(Message.encodedKeepalive, on: id)
                case 7: lone.pass(.milliseconds(300))
                default:
                    if Bool.random(using: &random) { lone.handle(.connectionClosed(id, .reset)) }
                }
                let phases = lone.connectionPhases
                visits[lone.phase, default: 0] += 1
                #expect(phases.count <= 3)
                #expect(phases.count { $0 == .openConfirm || $0 == .established } <= 1)
                #expect(phases.count { $0 == .connect } <= 1)
                #expect((lone.phase == .established) == (lone.establishedSince != nil))
            }
        }
        #expect(Phase.allCases.allSatisfy { visits[$0, default: 0] > seeds / 2 }, "\(visits)")
    }
}
