// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import WireFormat

/// One session, and a test that plays its peer packet by packet.
struct LoneSession {
    static let peer = discriminator(0x0000_0BFD)

    var session: BFDSession
    var now = Instant.zero
    /// The peer's Detect Mult.
    var peerDetectMult: UInt8 = 3
    /// All outputs since they were last taken.
    private(set) var outputs: [BFDSession.Output] = []

    init(_ configuration: BFDSessionConfiguration) {
        session = BFDSession(
            configuration: configuration, localDiscr: discriminator(0x1234_5678), seed: 1, at: .zero)
        handle(.timeReached)
    }

    var sent: [ControlPacket] {
        outputs.compactMap { if case .transmit(let packet) = $0 { packet } else { nil } }
    }

    var findings: [BFDFinding] {
        outputs.compactMap { if case .finding(let finding) = $0 { finding } else { nil } }
    }

    var downs: [BFDDownCause] {
        outputs.compactMap { if case .wentDown(let cause) = $0 { cause } else { nil } }
    }

    mutating func forgetOutputs() {
        outputs = []
    }

    mutating func handle(_ input: BFDSession.Input) {
        session.handle(input, at: now)
        while let output = session.nextOutput() { outputs.append(output) }
    }

    mutating func receive(_ packet: ControlPacket) {
        handle(.packet(packet))
    }

    /// A packet from the peer, at 20 ms by default.
    func packet(_ state: SessionState) -> ControlPacket {
        ControlPacket(
            state: state, detectMult: peerDetectMult, myDiscriminator: Self.peer, yourDiscriminator: session.localDiscr,
            desiredMinTxInterval: .milliseconds(20), requiredMinRxInterval: .milliseconds(20))
    }

    mutating func hear(_ state: SessionState) {
        receive(packet(state))
    }

    /// Brings the session into a state, and answers the Poll that Up begins with.
    mutating func bring(to state: SessionState) {
        switch state {
        case .down: break
        case .adminDown: handle(.adminDown(.administrativelyDown))
        case .initializing: hear(.down)
        case .up:
            hear(.down)
            hear(.up)
            answerPoll()
        }
    }

    /// Runs to the next packet with the P bit, answers it, and then sends one without the F bit.
    mutating func answerPoll() {
        for _ in 0..<10 where sent.last?.isPoll != true { runToDeadline() }
        var final = packet(.up)
        final.isFinal = true
        receive(final)
        hear(.up)
        forgetOutputs()
    }

    /// Jumps to the next deadline.
    mutating func runToDeadline() {
        guard let deadline = session.nextDeadline else { return }
        now = max(now, deadline)
        handle(.timeReached)
    }

    /// Runs for `duration` without receiving anything.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while let deadline = session.nextDeadline, deadline <= end { runToDeadline() }
        now = end
    }

    /// Runs for `duration` while the peer sends `packet` every 10 ms.
    mutating func run(for duration: Duration, hearing packet: ControlPacket) {
        let end = now + duration
        while now < end {
            run(for: .milliseconds(10))
            receive(packet)
        }
    }
}
