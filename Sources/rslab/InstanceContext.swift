// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost

/// The instance inside which this process was started.
enum InstanceContext {
    /// Its lab, from the environment, or the one that has this network namespace; nil outside of instances.
    static func current() -> (directory: RunDirectory, node: String)? {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count)
        let node = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let named = getenv("RSLAB_LAB").map { RunDirectory(labName: String(cString: $0)) }
        let candidates = (named.map { [$0] } ?? RunDirectory.all().filter { holdsThisNamespace($0, as: node) }).filter {
            access($0.instanceInitSocket(node), F_OK) == 0
        }
        guard candidates.count == 1, let directory = candidates.first else { return nil }
        return (directory, node)
    }

    /// Whether this network namespace is the node's of that lab: a command that clears the environment, as sudo does,
    /// leaves no other sign.
    private static func holdsThisNamespace(_ directory: RunDirectory, as node: String) -> Bool {
        var held = stat()
        var own = stat()
        return stat("\(directory.namespaceDirectory)/\(node)", &held) == 0 && stat("/proc/self/ns/net", &own) == 0
            && held.st_ino == own.st_ino && held.st_dev == own.st_dev
    }
}
