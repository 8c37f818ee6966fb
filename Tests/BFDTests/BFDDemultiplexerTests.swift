// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Testing
import WireFormat

@Suite struct BFDDemultiplexerTests {
    private typealias Neighbor = BFDDemultiplexer.Neighbor
    private typealias SelectionError = BFDDemultiplexer.SelectionError

    private static func neighbor(_ host: UInt32, link: UInt32 = 3) -> Neighbor {
        Neighbor(address: .v4(IPv4Address(bits: 0x0A00_0100 + host)), link: link)
    }

    @Test func `discriminators are random, unique and never 0`() {
        var demultiplexer = BFDDemultiplexer()
        var random = SeededGenerator(seed: 3)
        let all = (0..<10_000).compactMap { demultiplexer.register(Self.neighbor($0), using: &random) }
        #expect(Set(all).count == 10_000)
        #expect(all.contains { $0.value > 0x8000_0000 } && all.contains { $0.value < 0x8000_0000 })
        #expect(demultiplexer.register(Self.neighbor(5), using: &random) == nil)
    }

    @Test func `discriminators are unique even if the generator always returns the same number`() {
        struct Constant: RandomNumberGenerator {
            mutating func next() -> UInt64 { .max }
        }
        var demultiplexer = BFDDemultiplexer()
        var random = Constant()
        let all = (0..<5).compactMap { demultiplexer.register(Self.neighbor($0), using: &random) }
        #expect(all.map(\.value) == [.max, 1, 2, 3, 4])
    }

    @Test func `the discriminator selects the session, whatever the sender's address`() throws {
        var demultiplexer = BFDDemultiplexer()
        var random = SeededGenerator(seed: 3)
        let one = try #require(demultiplexer.register(Self.neighbor(1), using: &random))
        let two = try #require(demultiplexer.register(Self.neighbor(2), using: &random))
        for state in SessionState.allCases {
            let packet = ControlPacket(state: state, myDiscriminator: discriminator(9), yourDiscriminator: two)
            for from in [Self.neighbor(1), Self.neighbor(2), Self.neighbor(99, link: 9)] {
                #expect(try demultiplexer.session(for: packet, from: from, receivedHopLimit: 255) == two)
            }
        }
        let unknown = two.next == one ? two.next.next : two.next
        let stray = ControlPacket(state: .down, myDiscriminator: discriminator(9), yourDiscriminator: unknown)
        #expect(throws: SelectionError.unknownDiscriminator(unknown)) {
            try demultiplexer.session(for: stray, from: Self.neighbor(1), receivedHopLimit: 255)
        }
    }

    @Test func `a first packet is for the session with its sender on that link`() throws {
        var demultiplexer = BFDDemultiplexer()
        var random = SeededGenerator(seed: 3)
        let here = try #require(demultiplexer.register(Self.neighbor(1, link: 3), using: &random))
        let there = try #require(demultiplexer.register(Self.neighbor(1, link: 4), using: &random))
        let packet = ControlPacket(state: .down, myDiscriminator: discriminator(9))
        func select(_ neighbor: Neighbor) throws(SelectionError) -> Discriminator {
            try demultiplexer.session(for: packet, from: neighbor, receivedHopLimit: 255)
        }
        #expect(try select(Self.neighbor(1, link: 3)) == here)
        #expect(try select(Self.neighbor(1, link: 4)) == there)
        #expect(throws: SelectionError.unknownNeighbor(Self.neighbor(1, link: 5))) {
            try select(Self.neighbor(1, link: 5))
        }
        demultiplexer.remove(here)
        demultiplexer.remove(here)
        #expect(throws: SelectionError.unknownNeighbor(Self.neighbor(1, link: 3))) {
            try select(Self.neighbor(1, link: 3))
        }
        #expect(try select(Self.neighbor(1, link: 4)) == there)
        #expect(demultiplexer.register(Self.neighbor(1, link: 3), using: &random) != nil)
    }

    @Test(arguments: [0, 1, 64, 128, 254] as [UInt8])
    func `a packet that came through a router belongs to no session`(hopLimit: UInt8) throws {
        var demultiplexer = BFDDemultiplexer()
        var random = SeededGenerator(seed: 3)
        let one = try #require(demultiplexer.register(Self.neighbor(1), using: &random))
        for your in [nil, one] {
            let packet = ControlPacket(state: .down, myDiscriminator: discriminator(9), yourDiscriminator: your)
            #expect(throws: SelectionError.badHopLimit(hopLimit)) {
                try demultiplexer.session(for: packet, from: Self.neighbor(1), receivedHopLimit: hopLimit)
            }
        }
    }
}
