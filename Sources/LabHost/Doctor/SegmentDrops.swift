// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import LinuxSystem
internal import Measurement

/// TCP segments that a node's kernel dropped before any program saw them.
struct SegmentDrops: Hashable {
    /// Signed as in RFC 2385, where no signature is expected.
    var unexpectedSignatures = 0
    var missingSignatures = 0
    var wrongSignatures = 0
    /// With a lower IP time to live than RFC 5082 (GTSM) allows.
    var lowTimesToLive = 0

    /// Reads the counters of a process's network namespace.
    init(ofProcess processID: Int32) throws(SystemError) {
        self.init(try readTextFile("/proc/\(processID)/net/netstat"))
    }

    /// Takes the counters from the text of `netstat`: a line of names, and one of numbers in their order.
    init(_ text: String) {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }
        guard lines.count == 2 else { return }
        let names = lines[0].split(separator: " ")
        let values = lines[1].split(separator: " ")
        for (name, value) in zip(names, values) {
            guard let count = Int(value) else { continue }
            switch name {
            case "TCPMD5Unexpected": unexpectedSignatures = count
            case "TCPMD5NotFound": missingSignatures = count
            case "TCPMD5Failure": wrongSignatures = count
            case "TCPMinTTLDrop": lowTimesToLive = count
            default: break
            }
        }
    }

    /// One clause for each kind that was dropped.
    var texts: [String] {
        [
            (unexpectedSignatures, "with an MD5 signature where none is configured"),
            (missingSignatures, "without the MD5 signature that is configured"),
            (wrongSignatures, "with a wrong MD5 signature"),
            (lowTimesToLive, "with a lower time to live than TTL security allows"),
        ].filter { $0.0 > 0 }.map { "dropped \(counted($0.0, "TCP segment")) \($0.1)" }
    }
}

extension Lab {
    /// What the kernels of route servers and instances dropped of TCP, one sentence for each node and kind.
    func segmentDrops() throws -> [String] {
        let nodes = Set(layout.routeServerNodes + layout.speakerInstances)
        return try initClient.running().filter { nodes.contains($0.name) }.flatMap { program in
            guard let processID = program.handle.processID() else { return [String]() }
            return try SegmentDrops(ofProcess: processID).texts.map { "the kernel of \(program.name) \($0)" }
        }
    }
}
