// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import WireFormat

/// Which BGP daemons are installed, and the versions that they report.
enum DaemonChecks {
    private struct Daemon {
        var name: String
        var executable: String
        var arguments: [String]
        /// Its use.
        var use: String
        var advice: String?
        var folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
    }

    private static let daemons = [
        Daemon(
            name: "gobgpd", executable: "gobgpd", arguments: ["--version"],
            use: "--speaker gobgpd and its tests need it",
            advice: "run 'apt-get install gobgpd' to use it"),
        Daemon(name: "bird", executable: "bird", arguments: ["--version"], use: "only tests use it"),
        // FRR and OpenBGPD both call theirs bgpd; FRR keeps its own elsewhere.
        Daemon(
            name: "frr", executable: "bgpd", arguments: ["--version"], use: "nothing needs it",
            folders: ["/usr/lib/frr", "/usr/libexec/frr"]),
        Daemon(name: "openbgpd", executable: "bgpd", arguments: ["-V"], use: "nothing needs it"),
    ]
    /// How long a daemon may take to print its version; then it is ended.
    private static let patience = Duration.seconds(3)

    static func run() -> [HostCheck] {
        daemons.map { daemon in
            guard let folder = daemon.folders.first(where: { access("\($0)/\(daemon.executable)", X_OK) == 0 }) else {
                return HostCheck(daemon.name, .note, "not installed; \(daemon.use)", advice: daemon.advice)
            }
            let path = "\(folder)/\(daemon.executable)"
            do throws(SystemError) {
                return HostCheck(daemon.name, .ok, "\(version(in: try output(of: path, daemon.arguments))), \(path)")
            } catch {
                return HostCheck(daemon.name, .warning, "\(path) does not report its version: \(error)")
            }
        }
    }

    /// The first word that begins with a digit: "gobgpd version 3.10.0", "BIRD version 2.0.12", "OpenBGPD 8.8".
    static func version(in text: String) -> String {
        let word = text.split(whereSeparator: \.isWhitespace).first {
            $0.first?.isASCII == true && $0.first?.isNumber == true
        }
        return word.map { "version \($0.prefix(32))" } ?? "version unknown"
    }

    /// A program's standard output and standard error, at most a pipe's capacity.
    private static func output(of path: String, _ arguments: [String]) throws(SystemError) -> String {
        let pipe = try DescriptorPair.pipe()
        var child = ChildProcess(executable: path, arguments: arguments, environment: NodePrograms.environment)
        child.standardDescriptors = [nil, pipe.far.rawValue, pipe.far.rawValue]
        let started = try child.start()
        if try !started.handle.waitForEnd(until: .now + patience) {
            try started.handle.send(signal: SIGKILL)
        }
        _ = try waitForChild(started.processID)
        // Another process may briefly hold the write end, but must not be waited for.
        setBlocking(pipe.near.rawValue, false)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try systemCall("read output of", path) { read(pipe.near.rawValue, &buffer, buffer.count) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
