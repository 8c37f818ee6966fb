// SPDX-License-Identifier: MIT-0
import BGP
import Foundation
import SourceText
import SpeakerConfiguration
import TestSupport
import Testing
import WireFormat

@Suite struct SpeakerSettingsTests {
    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    @Test func `the sample's file gives two sessions with GoBGP's hold time`() throws {
        let (settings, warnings) = try SpeakerSettings.parse(
            SourceFile(Fixture.text("speakers/sample.conf")).excerpt, file: "sample.conf")
        let routerID = try #require(IPv4Address("10.0.1.203"))
        #expect(warnings == [])
        #expect(
            settings
                == SpeakerSettings(
                    asn: ASN(65001), routerID: routerID, listenPort: 179, listenAddresses: [],
                    neighbors: try ["10.0.1.230", "10.0.1.136"].map {
                        SessionConfiguration(
                            localASN: ASN(65001), peerASN: ASN(65000), routerID: routerID,
                            peerAddress: try address($0), holdTimeSeconds: 90, keepaliveIntervalSeconds: nil,
                            connectRetry: .seconds(1), idleHold: .seconds(1), idleHoldMax: .seconds(1),
                            isPassive: false, families: [.ipv4])
                    }))
    }

    @Test func `every key that takes effect is read`() throws {
        let (settings, warnings) = try SpeakerSettings.parse(
            SourceExcerpt(Fixture.text("speakers/every-key.conf"), line: 101), file: "every-key.conf")
        #expect(settings.asn == ASN(4_200_000_001))
        #expect(settings.listenPort == nil)
        #expect(settings.listenAddresses == [try address("192.0.2.1"), try address("2001:db8::1")])
        #expect(settings.localAddresses == [try address("192.0.2.2"): try address("192.0.2.1")])
        let first = try #require(settings.neighbors.first)
        #expect(first.localASN == ASN(65010))
        #expect(first.peerASN == ASN(65000))
        #expect(first.holdTimeSeconds == 9)
        #expect(first.keepaliveIntervalSeconds == 2)
        #expect(first.connectRetry == .seconds(5))
        #expect(first.idleHold == .seconds(90))
        #expect(first.idleHoldMax == .seconds(90))
        #expect(first.isPassive)
        #expect(first.families == [.ipv4])
        let second = try #require(settings.neighbors.last)
        #expect(second.localASN == ASN(4_200_000_001))
        #expect(second.peerAddress == (try address("2001:db8::2")))
        #expect(second.families == [.ipv6])
        #expect(
            warnings.map(\.description) == [
                "every-key.conf:108: warning: default-import-policy has no effect here",
                "every-key.conf:116: warning: auth-password has no effect here",
                "every-key.conf:125: warning: ebgp-multihop has no effect here",
                "every-key.conf:135: warning: l2vpn-evpn is not supported here",
                "every-key.conf:137: warning: zebra has no effect here",
            ])
    }

    @Test func `zeros mean the same as in GoBGP`() throws {
        let (settings, warnings) = try SpeakerSettings.parse(
            SourceExcerpt(
                """
                global.config = { as = 65001, router-id = "10.0.0.1", port = 0 }
                [[neighbors]]
                config = { neighbor-address = "10.0.0.2", peer-as = 65000 }
                timers.config = { hold-time = 0, keepalive-interval = 0, connect-retry = 0 }
                """, line: 1), file: "x.conf")
        #expect(warnings == [])
        #expect(settings.listenPort == 179)
        let session = try #require(settings.neighbors.first)
        #expect(session.holdTimeSeconds == 0)
        #expect(session.keepaliveIntervalSeconds == nil)
        #expect(session.connectRetry == .seconds(1))
    }

    @Test func `an export policy prepends only for the neighbours of its set`() throws {
        let text = """
            [global.config]
              as = 65001
              router-id = "10.0.1.10"
            [global.apply-policy.config]
              export-policy-list = ["farther"]
              default-export-policy = "accept-route"
            [[neighbors]]
              config = { neighbor-address = "10.0.1.4", peer-as = 65000 }
            [[neighbors]]
              config = { neighbor-address = "10.0.1.5", peer-as = 65000 }
            [[defined-sets.neighbor-sets]]
              neighbor-set-name = "others"
              neighbor-info-list = ["10.0.1.5"]
            [[policy-definitions]]
              name = "farther"
              [[policy-definitions.statements]]
                conditions.match-neighbor-set.neighbor-set = "others"
                actions.bgp-actions.set-as-path-prepend = { as = "65001", repeat-n = 2 }
              [[policy-definitions.statements]]
                conditions.match-neighbor-set = { neighbor-set = "others", match-set-options = "invert" }
                actions.bgp-actions.set-as-path-prepend = { as = "last-as", repeat-n = 1 }
            """
        let (settings, warnings) = try SpeakerSettings.parse(SourceExcerpt(text, line: 1), file: "x.conf")
        #expect(warnings == [])
        #expect(
            settings.exportPrepends == [
                try address("10.0.1.5"): [ASN(65001), ASN(65001)], try address("10.0.1.4"): [ASN(65001)],
            ])
        let misspelt = text.replacingOccurrences(of: "[\"farther\"]", with: "[\"father\"]")
        let error = #expect(throws: ConfigurationError.self) {
            try SpeakerSettings.parse(SourceFile(misspelt).excerpt, file: "x.conf")
        }
        #expect(error?.description == "x.conf:5:3: error: there is no policy definition 'father'")
    }

    @Test func `a hold time is put into every neighbor of a text`() throws {
        let original = try Fixture.text("speakers/every-key.conf")
        let text = try SpeakerSettings.text(
            SourceExcerpt(original, line: 1), offeringHoldTimeSeconds: 6, file: "x.conf")
        let before = try SpeakerSettings.parse(SourceExcerpt(original, line: 1), file: "x.conf").settings
        let after = try SpeakerSettings.parse(SourceExcerpt(text, line: 1), file: "x.conf").settings
        #expect(after.neighbors.map(\.holdTimeSeconds) == [6, 6])
        #expect(after.neighbors.map(\.keepaliveIntervalSeconds) == [2, 2])
        #expect(after.neighbors.map(\.peerAddress) == before.neighbors.map(\.peerAddress))
        #expect(after.neighbors.map(\.connectRetry) == before.neighbors.map(\.connectRetry))
        #expect(after.localAddresses == before.localAddresses)
    }

    @Test(arguments: try Fixture.names(in: "speakers/bad", suffix: ".conf"))
    func `a bad file gets no hold time, but the same findings`(name: String) throws {
        let text = try SourceFile(Fixture.text("speakers/bad/\(name)")).excerpt
        let parsed = #expect(throws: ConfigurationError.self) { try SpeakerSettings.parse(text, file: name) }
        let rewritten = #expect(throws: ConfigurationError.self) {
            try SpeakerSettings.text(text, offeringHoldTimeSeconds: 9, file: name)
        }
        #expect(parsed == rewritten)
    }

    @Test(arguments: try Fixture.names(in: "speakers/bad", suffix: ".conf"))
    func `a bad file gives exactly the findings beside it`(name: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try SpeakerSettings.parse(SourceFile(Fixture.text("speakers/bad/\(name)")).excerpt, file: name)
        }
        let found = (error?.description ?? "") + "\n"
        #expect(try found == Fixture.expected("speakers/bad/\(name)", recording: found))
    }

    @Test func `mutated files never trap`() throws {
        let grammar = """
            a.b."c d" = [1, 0x1f, 0b1, 1_000, 1.5e-3, inf, -nan, [true, false], {x = 1, y.z = "q"}]
            text = \"""
            more \\u00e9 \\
              lines ""\"""
            raw = \'\'\'[x] = "\'\'\'  # comment
            [[fruit]]
            [fruit.kind.'q']
            [[fruit.sort]]
            """
        let texts =
            try ["sample.conf", "every-key.conf"].map { Array(try Fixture.text("speakers/\($0)").utf8) }
            + [grammar, "when = [1979-05-27T07:32:00Z, 1979-05-27, 07:32:00.5, -1e-5]"].map { Array($0.utf8) }
        var generator = Mutation(seed: 0x5EED)
        var rejected = 0
        let rounds = TestLength.rounds(500, long: 2_000)
        for round in 0..<rounds {
            let text = generator.mutate(texts[round % texts.count])
            do throws(ConfigurationError) {
                _ = try SpeakerSettings.parse(SourceExcerpt(text, line: round), file: "fuzz.conf")
            } catch {
                #expect(!error.findings.isEmpty)
                rejected += 1
            }
        }
        #expect(rejected > rounds / 4)
    }
}
