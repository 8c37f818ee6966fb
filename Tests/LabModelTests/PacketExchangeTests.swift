// SPDX-License-Identifier: MIT-0
import BFD
import LabModel
import Testing
import WireFormat

@Suite struct PacketExchangeTests {
    private let snapshot: BFDSessionSnapshot

    init() throws {
        let discriminator = try #require(Discriminator(1))
        snapshot = BFDSessionSnapshot(
            BFDSession(configuration: BFDSessionConfiguration(), localDiscr: discriminator, seed: 1, at: .zero),
            peerAddress: .v4(IPv4Address(bits: 0x0A00_01CB)), endpoint: nil)
    }

    private func counting(sent: UInt64, received: UInt64) -> BFDSessionSnapshot {
        var snapshot = snapshot
        snapshot.sentPackets = sent
        snapshot.receivedPackets = received
        return snapshot
    }

    @Test func `it is complete when a packet was sent and another one then received`() {
        var exchange = PacketExchange(counting(sent: 10, received: 20))
        exchange.note(counting(sent: 10, received: 20))
        #expect(!exchange.isComplete)
        exchange.note(counting(sent: 11, received: 20))
        #expect(!exchange.isComplete)
        exchange.note(counting(sent: 11, received: 21))
        #expect(exchange.isComplete)
    }

    @Test func `what was received before a packet was sent says nothing`() {
        var exchange = PacketExchange(counting(sent: 10, received: 20))
        exchange.note(counting(sent: 10, received: 25))
        exchange.note(counting(sent: 12, received: 26))
        exchange.note(counting(sent: 13, received: 26))
        #expect(!exchange.isComplete)
        exchange.note(counting(sent: 13, received: 27))
        #expect(exchange.isComplete)
    }
}
