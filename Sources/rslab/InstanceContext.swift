// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost

/// The instance inside which this process was started.
enum InstanceContext {
    /// Its lab, from the environment, or the only one with an instance of this host name; nil outside of instances.
    static func current() -> (directory: RunDirectory, node: String)? {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count)
        let node = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let named = getenv("RSLAB_LAB").map { RunDirectory(labName: String(cString: $0)) }
        let candidates = (named.map { [$0] } ?? RunDirectory.all()).filter {
            access($0.instanceInitSocket(node), F_OK) == 0
        }
        guard candidates.count == 1, let directory = candidates.first else { return nil }
        return (directory, node)
    }
}
