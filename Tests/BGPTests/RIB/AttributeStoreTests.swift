// SPDX-License-Identifier: MIT-0
import BGP
import Testing

@Suite struct AttributeStoreTests {
    @Test func `equal attributes are one object`() {
        var store = AttributeStore()
        let first = store.share(route([1, 2]))
        #expect(store.share(route([1, 2])) === first)
        #expect(store.share(route([2, 1])) !== first)
        #expect(store.count == 2)
    }

    @Test func `sets that no route uses are forgotten, the others stay`() {
        var store = AttributeStore()
        let held = (0..<100).map { store.share(route([1], med: $0)) }
        for med in UInt32(1000)..<10_000 {
            _ = store.share(route([1], med: med))
        }
        #expect(store.count < 1000)
        for (med, shared) in held.enumerated() {
            #expect(store.share(route([1], med: UInt32(med))) === shared)
        }
    }
}
