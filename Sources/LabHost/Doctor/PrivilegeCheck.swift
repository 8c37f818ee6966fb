// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem

/// What this process may do: its capabilities, whatever its user.
enum PrivilegeCheck {
    /// Numbers of include/uapi/linux/capability.h.
    private static let needed: [(number: UInt64, name: String)] = [
        (5, "CAP_KILL"), (12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (18, "CAP_SYS_CHROOT"), (21, "CAP_SYS_ADMIN"),
    ]

    static func check() -> HostCheck {
        let status: String
        do throws(SystemError) {
            status = try readTextFile("/proc/self/status")
        } catch {
            return HostCheck("privileges", .failed, "cannot be read: \(error)", advice: "mount /proc")
        }
        return check(status: status, userID: geteuid(), isRunWritable: access("/run", W_OK) == 0)
    }

    /// The verdict on a process with this `/proc/PID/status`.
    static func check(status: String, userID: UInt32, isRunWritable: Bool) -> HostCheck {
        let missing = missingCapabilities(status: status)
        let who = userID == 0 ? "root" : "user \(userID)"
        guard missing.isEmpty else {
            return HostCheck(
                "privileges", .failed, "\(who) without \(missing.joined(separator: ", "))",
                advice: userID == 0
                    ? "give the container these capabilities, or run it privileged" : "run rslab with sudo")
        }
        guard isRunWritable else {
            return HostCheck(
                "privileges", .failed, "/run cannot be written to", advice: "mount a tmpfs at /run")
        }
        return HostCheck("privileges", .ok, "\(who), with everything that a lab needs")
    }

    /// The names of the capabilities missing from the effective set in a `/proc/PID/status`.
    static func missingCapabilities(status: String) -> [String] {
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let digits = line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last ?? ""
        let effective = UInt64(digits, radix: 16) ?? 0
        return needed.filter { effective >> $0.number & 1 == 0 }.map(\.name)
    }
}
