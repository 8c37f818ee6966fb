// SPDX-License-Identifier: MIT-0
import VPC

/// `sysctl`, and its configuration files: whether an instance forwards.
extension UserDataScript {
    private static let forwarding = "net.ipv4.ip_forward"
    private static let forwardingFile = "/proc/sys/net/ipv4/ip_forward"
    /// Parameters that are 0 in a lab's instances anyway: nothing is filtered or redirected for arriving by another
    /// path.
    private static let zeroes: Set<String> = ["rp_filter", "send_redirects", "accept_redirects"]

    /// Whether a file holds kernel settings.
    static func isAboutKernelParameters(_ path: String) -> Bool {
        path == forwardingFile || path.hasPrefix("/etc/sysctl")
    }

    /// `sysctl [-w] KEY=VALUE…`, `sysctl -p [FILE]` and `sysctl --system`; false if part of it is not supported.
    mutating func setKernelParameters(_ words: [String]) -> Bool {
        let loads = words.contains { $0 == "-p" || $0 == "--system" || $0.hasPrefix("--load") }
        let settings = loads ? storedKernelParameters : words.filter { !$0.hasPrefix("-") }
        return settings.map { setKernelParameter($0) }.allSatisfy(\.self)
    }

    private mutating func setKernelParameter(_ setting: String) -> Bool {
        let parts = setting.split(separator: "=", maxSplits: 1).map { part in
            part.filter { $0 != " " && $0 != "\t" }
        }
        // Without a value it is only printed.
        guard parts.count == 2 else { return true }
        let key = parts[0].split(separator: "/").joined(separator: ".")
        if key == Self.forwarding {
            result.boot.isForwarding = parts[1] == "1"
            return true
        }
        let isAboutIPv4 = key.hasPrefix("net.ipv4.conf.")
        return isAboutIPv4 && parts[1] == "0" && Self.zeroes.contains(String(key.split(separator: ".").last ?? ""))
    }

    /// Stores what is written to a settings file.
    mutating func storeKernelParameters(
        _ path: String, _ arguments: [ShellWord], _ document: HereDocument?, isPiped: Bool
    ) -> Bool {
        // Data from a pipe is not followed.
        guard !isPiped else { return false }
        let lines: [String]
        if let document {
            lines = expand(document).map(\.text)
        } else if let fields = fields(arguments.filter { $0.literal != "-e" && $0.literal != "-n" }) {
            lines = [fields.filter { !$0.hasPrefix("/") && $0 != "-a" }.joined(separator: " ")]
        } else {
            return false
        }
        guard path != Self.forwardingFile else { return setKernelParameter("\(Self.forwarding)=\(lines.joined())") }
        storedKernelParameters += lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        return true
    }
}
