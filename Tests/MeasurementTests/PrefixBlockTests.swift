// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct PrefixBlockTests {
    @Test func `a block is host routes in a row, of the addresses for benchmarks`() throws {
        let block = try #require(PrefixBlock(count: PrefixBlock.maximumCount))
        #expect(block[0].description == "198.18.0.1/32")
        #expect(block[255].description == "198.18.1.0/32")
        #expect(PrefixBlock.range.contains(block[PrefixBlock.maximumCount - 1]))
        for index in [0, 1, 65_535, 99_999] {
            #expect(block.index(of: block[index]) == index)
        }
    }

    @Test func `an address outside the block has no index in it`() throws {
        let block = try #require(PrefixBlock(count: 10))
        for text in ["198.18.0.0/32", "198.18.0.11/32", "198.18.0.0/15", "172.16.1.1/32", "0.0.0.0/0", "::1/128"] {
            #expect(block.index(of: try #require(IPPrefix(text))) == nil, "\(text)")
        }
        #expect(PrefixBlock(count: 0) == nil)
        #expect(PrefixBlock(count: -1) == nil)
        #expect(PrefixBlock(count: PrefixBlock.maximumCount + 1) == nil)
    }

    @Test func `samples are spread from the first to the last`() throws {
        let block = try #require(PrefixBlock(count: 10_000))
        #expect(block.samples(5) == [0, 2_499, 4_999, 7_499, 9_999])
        #expect(block.samples(1) == [0])
        #expect(block.samples(0) == [])
        #expect(try #require(PrefixBlock(count: 3)).samples(32) == [0, 1, 2])
    }

    @Test func `a ledger tells where each prefix leads and when it last changed`() throws {
        let (one, two) = (PlantedTrial.address("10.0.1.1"), PlantedTrial.address("10.0.2.1"))
        var ledger = BlockLedger(try #require(PrefixBlock(count: 4)))
        for index in 0..<4 { ledger.record(index, nextHop: one, at: PlantedTrial.at(Int64(index))) }
        ledger.begin()
        #expect(ledger.changes.offsets == [-1, -1, -1, -1])
        #expect(ledger.counts == [4])
        ledger.record(2, nextHop: two, at: PlantedTrial.at(100))
        ledger.record(0, nextHop: two, at: PlantedTrial.at(101))
        ledger.record(3, nextHop: nil, at: PlantedTrial.at(102))
        ledger.record(2, nextHop: one, at: PlantedTrial.at(103))
        #expect(ledger.nextHops == [one, two])
        #expect(ledger.counts == [2, 1])
        #expect((ledger.changeCount, ledger.firstAt, ledger.lastAt) == (4, PlantedTrial.at(100), PlantedTrial.at(103)))
        let changes = ledger.changes
        #expect((0..<4).map { changes.instant(of: $0, to: [two]) } == [PlantedTrial.at(101), nil, nil, nil])
        #expect((0..<4).map { changes.instant(of: $0, to: [one]) } == [nil, nil, PlantedTrial.at(103), nil])
    }
}
