// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// A lab that runs and the lab that a command line asks for: the same is a success, another a refusal.
    @Suite(.timeLimit(.minutes(2)))
    struct RequestTests {
        @Test func `whatever is asked for differently of a running lab is named, and the lab is as before`() throws {
            try TestLab.with("interop-wish", up: "--hold", "9", "--bfd-auth", "keyed-sha1:1:old", "--bfd", "50msx3") {
                lab in
                let same = ["--hold", "9", "--bfd-auth", "keyed-sha1:1:old", "--bfd", "50msx3"]
                let again = try lab.run("up", same)
                #expect(again.status == 0, "\(again.standardError)")
                #expect(again.standardError == "The lab '\(lab.name)' is already up; nothing was changed.\n")
                let before = try lab.json(StatusOutput.self, "status").nodes.map { $0.programs.map(\.process_id) }
                for (words, difference) in [
                    (["--hold", "12"], "--hold 12s (it has 9s)"),
                    (["--bfd", "off"], "--bfd off (it has 50 ms x 3)"),
                    (["--bfd-auth", "keyed-sha1:1:new"], "--bfd-auth with another secret"),
                    (["--bfd-auth", "keyed-sha1:2:old"], "--bfd-auth Keyed SHA1, key 2 (it has Keyed SHA1, key 1)"),
                    (["--bfd-passive", "speakers"], "--bfd-passive speakers (it has none)"),
                    (["--speaker", "bird"], "--speaker bird (it has builtin)"),
                    (["--no-security-groups"], "--no-security-groups set (it has unset)"),
                    (["--no-source-dest-check"], "--no-source-dest-check set (it has unset)"),
                    (["--persist-routes", "2"], "--persist-routes 2 (it has unset)"),
                    (["--time-scale", "60"], "--time-scale 60.0 (it has 1.0)"),
                    (["--programming-delay", "1s"], "--programming-delay 1 s (it has 0 ms)"),
                    (["--fail-back-delay", "5s"], "--fail-back-delay 5 s (it has 0 ms)"),
                    (["--quota", "routes-per-peer=5"], "--quota routes-per-peer=5:keep-first"),
                    (["--selection", "gobgp"], "--selection gobgp (it has assumed)"),
                    (["--assume", "persist-disabled=drop"], "persist-disabled=drop"),
                    (["--endpoint-hold", "30"], "--endpoint-hold 30s (it has unset)"),
                    (["--no-peer-log"], "--no-peer-log set (it has unset)"),
                    ([TestLab.sampleTemplate], "\(TestLab.sampleTemplate) (it has built-in template)"),
                ] {
                    let result = try lab.run("up", same + words + ["--json"])
                    #expect(result.status == 2, "\(words)")
                    let problem = try result.decode(FailureOutput.self).error.problem
                    #expect(
                        problem.hasPrefix("the lab '\(lab.name)' is up, and differs from what is asked for: ")
                            && problem.contains(difference), "\(words): \(problem)")
                    #expect(result.standardError.contains("; add --replace to take it down and build this one"))
                }
                let other = try lab.run("failover", "--measure", "--hold", "12", "--validation", "0s")
                #expect(other.status == 2)
                #expect(other.standardError.contains("--hold 12s (it has 9s)"), "\(other.standardError)")
                let after = try lab.json(StatusOutput.self, "status").nodes.map { $0.programs.map(\.process_id) }
                #expect(before == after)
            }
        }

        @Test func `a template or parameter that changed is said, and --replace brings the new lab up`() throws {
            let testbed = try Testbed()
            let path = testbed.path("template.yaml")
            let text = try readTextFile(TestLab.fixture("templates/floating-ip.yaml"))
            try replaceFile(path, with: Array(text.utf8))
            try TestLab.with("interop-replace", up: path) { lab in
                try replaceFile(path, with: Array((text + "# more\n").utf8))
                let changed = try lab.run("up", path)
                #expect(changed.status == 2)
                #expect(
                    changed.standardError.contains("\(path), whose content has changed since the lab was built"),
                    "\(changed.standardError)")
                #expect(try !lab.json(UpOutput.self, "up", TestLab.fixture("templates/floating-ip.yaml")).changed)

                // A mistake in the new one must not cost the old one.
                #expect(try lab.run("up", "/no/such/file.yaml", "--replace").status == 2)
                #expect(try lab.run("status").status == 0)
                #expect(try lab.json(UpOutput.self, "up", path, "--hold", "12", "--replace").changed)
                #expect(try !lab.json(UpOutput.self, "up", path, "--hold", "12", "--replace").changed)
                let settings = try lab.run("status").standardOutput
                #expect(settings.contains("12 s"), "\(settings)")
                let measured = try lab.run(
                    "failover", "--measure", path, "--hold", "12", "--validation", "0s", "--json")
                #expect([0, 3].contains(measured.status), "\(measured.standardError)")
            }
        }
    }
}
