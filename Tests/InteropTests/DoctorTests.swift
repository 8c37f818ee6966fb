// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// `rslab doctor` on the present machine.
    @Suite(.timeLimit(.minutes(1)))
    struct DoctorTests {
        @Test func `this machine passes, and is as before`() throws {
            func host() throws -> [String] {
                try ["/proc/net/dev", "/proc/self/mounts"].flatMap { path throws(SystemError) in
                    // Only the names: counters go on.
                    try readTextFile(path).split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
                }
            }
            let before = try host()
            let result = try RSLabCommand.run("doctor", "--json")
            #expect(result.status == 0)
            #expect(result.standardError.isEmpty)
            #expect(result.json["schema"] as? Int == 1)
            #expect(result.json["can_build_lab"] as? Bool == true)
            let checks = try #require(result.json["checks"] as? [[String: Any]])
            func verdict(_ name: String) -> String? {
                checks.first { $0["name"] as? String == name }?["verdict"] as? String
            }
            for name in [
                "privileges", "rslab-node", "namespaces", "kernel parameters", "bridge", "veth", "addresses",
                "policy rules", "raw sockets",
            ] {
                #expect(verdict(name) == "ok", "\(name)")
            }
            #expect(try host() == before)
        }

        @Test func `without privileges it says what is missing, and ends with 2`() throws {
            // Root without a capability in its bounding set cannot have it.
            let pipe = Pipe()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            process.arguments = [
                "--bounding-set=-net_admin", RSLabCommand.executable.path, "doctor",
            ]
            process.standardOutput = pipe
            try process.run()
            let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 2)
            #expect(text.contains("without CAP_NET_ADMIN"))
            #expect(text.hasSuffix("No lab can be built here: 1 check failed.\n"))
        }
    }
}
