// SPDX-License-Identifier: MIT-0
import SourceText
import Testing

@Suite struct KnownNamesTests {
    private let verbs = KnownNames("verb", [("status", 1), ("restore", 2), ("rib", 3)])

    @Test func `a known name returns its value`() throws {
        #expect(try verbs.names.map { try verbs.value(of: $0) } == [1, 2, 3])
    }

    @Test(arguments: [
        ("statsu", "unknown verb 'statsu'; did you mean 'status'?"),
        ("RESTORE", "unknown verb 'RESTORE'; did you mean 'restore'?"),
        ("ib", "unknown verb 'ib'; did you mean 'rib'?"),
        ("frob", "unknown verb 'frob'"), ("", "unknown verb ''"),
    ])
    func `an unknown word is refused with a similar name`(word: String, message: String) throws {
        let error = #expect(throws: UnknownName.self) { try verbs.value(of: word) }
        #expect(error?.description == message)
    }

    @Test func `of equally similar names the first in the alphabet is suggested, and a dissimilar one never`() {
        #expect(suggestion(for: "bat", among: ["cat", "bar"]) == "; did you mean 'bar'?")
        #expect(suggestion(for: "abcdef", among: ["abcxyz"]) == "")
        #expect(suggestion(for: "hold-tmie", among: ["hold-time"]) == "; did you mean 'hold-time'?")
        #expect(nearest(to: "x", among: []) == nil)
    }

    @Test func `words of any length and script are compared`() {
        #expect(nearest(to: String(repeating: "é", count: 10_000), among: ["e"]) == nil)
        #expect(nearest(to: "ключ", among: ["ключи"]) == "ключи")
    }
}
