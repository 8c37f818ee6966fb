// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabModel
internal import LinuxSystem
internal import Measurement

/// Checks everything on this machine that a lab needs or that affects a measurement.
///
/// The machine is not changed: trials take place in namespaces that nothing else refers to.
package enum HostExamination {
    /// All checks, those that decide whether a lab can be built first.
    package static func run() -> [HostCheck] {
        let privileges = PrivilegeCheck.check()
        var checks = [privileges, programs()]
        if privileges.verdict == .failed {
            checks.append(
                HostCheck("kernel", .note, "not tried: veth, bridge, policy rules and raw sockets need root"))
        } else {
            checks += KernelTrial.run()
        }
        return checks + TimingChecks.run() + MachineChecks.run() + DaemonChecks.run() + leftovers()
            + [SelfTestRecord.check(now: realTimeNanoseconds())]
    }

    private static func programs() -> HostCheck {
        do {
            return HostCheck("rslab-node", .ok, try NodePrograms.Executables.find().node)
        } catch let error as LabError {
            return HostCheck("rslab-node", .failed, error.problem, advice: error.advice)
        } catch {
            return HostCheck("rslab-node", .failed, "\(error)")
        }
    }

    /// Running labs, and directories of labs that no longer run.
    private static func leftovers() -> [HostCheck] {
        let directories = RunDirectory.all()
        guard !directories.isEmpty else { return [HostCheck("labs", .ok, "none in \(RunDirectory.root)")] }
        return directories.map { directory in
            let name = directory.labName
            if directory.isUnsettled, let holder = LabLock.holder(of: directory) {
                return HostCheck("labs", .note, "'\(name)' is being built or taken down by process \(holder)")
            }
            do {
                if let holder = try LabState.load(directory).initProcess.hold() {
                    _ = consume holder
                    return HostCheck("labs", .note, "'\(name)' runs; it shares the CPUs with what is measured")
                }
                return HostCheck(
                    "labs", .warning, "'\(name)' no longer runs, but its directory is left",
                    advice: "run 'rslab down --name \(name)'")
            } catch let error as LabError where access(directory.path, R_OK) != 0 {
                return HostCheck("labs", .note, "'\(name)' cannot be examined: \(error.problem)")
            } catch {
                return directory.exists
                    ? HostCheck(
                        "labs", .warning, "'\(name)' was not built completely",
                        advice: "run 'rslab down --name \(name)'")
                    : HostCheck("labs", .ok, "'\(name)' was just removed")
            }
        }
    }
}
