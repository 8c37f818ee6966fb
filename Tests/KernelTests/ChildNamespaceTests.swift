// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// Children in namespaces of their own.
@Suite(.requiresNetworkAdmin, .sideBySide, .timeLimit(.minutes(1)))
struct ChildNamespaceTests {
    @Test func `namespaces are new, or those given, and the parent stays in its own`() throws {
        let network = try NetworkNamespace.create(name: "child")
        let own = try namespaces()
        let result = try ShellScript.run(
            "echo $$; readlink /proc/self/ns/net /proc/self/ns/mnt /proc/self/ns/uts; uname -n"
        ) {
            $0.networkNamespace = network.descriptor.rawValue
            $0.newPIDNamespace = true
            $0.newMountNamespace = true
            $0.newUTSNamespace = true
            $0.hostName = "somewhere-else"
        }
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(result.status == 0)
        // /proc is still the parent's, where the shell has another number: readlink cannot find itself there.
        #expect(lines.first == "1")
        #expect(lines.last == "somewhere-else")
        let ofChild = try network.perform { () throws(SystemError) in try Self.link("/proc/thread-self/ns/net") }
        #expect(ofChild != own.first)
        #expect(try namespaces() == own)

        let seen = try ShellScript.run("readlink /proc/self/ns/net") {
            $0.networkNamespace = network.descriptor.rawValue
        }
        #expect(seen.output == ofChild + "\n")
    }

    private func namespaces() throws(SystemError) -> [String] {
        var links: [String] = []
        for kind in ["net", "mnt", "uts", "pid"] { links.append(try Self.link("/proc/thread-self/ns/\(kind)")) }
        return links
    }

    private static func link(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = try systemCall("read", path) { readlink(path, &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
