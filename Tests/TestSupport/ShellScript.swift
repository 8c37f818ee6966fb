// SPDX-License-Identifier: MIT-0
package import LinuxSystem

/// A shell script that is run as rslab runs its children.
package enum ShellScript {
    /// Runs it to its end; `prepare` may change how it is started.
    ///
    /// - Returns: its exit status, or 128 and a signal's number, and what it wrote to standard output and error.
    package static func run(
        _ script: String, environment: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
        _ prepare: (inout ChildProcess) -> Void = { _ in }
    ) throws -> (status: Int32, output: String) {
        let pipe = try DescriptorPair.pipe()
        var child = ChildProcess(executable: "/bin/sh", arguments: ["-c", script], environment: environment)
        child.standardDescriptors = [nil, pipe.far.rawValue, pipe.far.rawValue]
        prepare(&child)
        let started = try child.start()
        let status = try waitForChild(started.processID)
        setBlocking(pipe.near.rawValue, false)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case .octets(let count) = readOnce(pipe.near.rawValue, into: &buffer) { output += buffer.prefix(count) }
        return (status, String(decoding: output, as: UTF8.self))
    }
}
