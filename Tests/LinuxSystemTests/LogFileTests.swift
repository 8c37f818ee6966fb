// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LinuxSystem
import Testing

@Suite struct LogFileTests {
    @Test func `a full log begins anew, and the one before is kept`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString).log").path
        let older = LogFile.olderPath(of: path)
        defer {
            unlink(path)
            unlink(older)
        }
        let descriptor = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        try writeAll(Array("from an earlier program\n".utf8), to: descriptor.rawValue, subject: path)
        var log = LogFile(path, descriptor: descriptor.rawValue)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99_999) + [UInt8(ascii: "\n")]
        for _ in 0..<200 { try log.append(line) }
        try log.append(Array("last\n".utf8))
        #expect(byteCount(ofFile: path) <= LogFile.byteCountMax)
        #expect(byteCount(ofFile: older) <= LogFile.byteCountMax)
        #expect(byteCount(ofFile: older) > LogFile.byteCountMax - 100_000)
        #expect(try readTextFile(path).hasSuffix("x\nlast\n"))
        let kept = try Data(contentsOf: URL(filePath: older))
        let starts = stride(from: 0, to: kept.count, by: line.count)
        #expect(starts.allSatisfy { kept[$0..<min($0 + line.count, kept.count)] == Data(line) })
    }
}
