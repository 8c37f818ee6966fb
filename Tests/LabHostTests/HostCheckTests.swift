// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import LabHost

// A check's verdict on particular machines cannot be arranged from outside.

/// The verdicts of `rslab doctor` on described machines.
@Suite struct HostCheckTests {
    private static func status(effective: String) -> String {
        "Name:\trslab\nCapInh:\t0000000000000000\nCapEff:\t\(effective)\nSeccomp:\t0\n"
    }

    @Test func `capabilities that are missing are named`() {
        #expect(PrivilegeCheck.missingCapabilities(status: Self.status(effective: "000001ffffffffff")).isEmpty)
        #expect(
            PrivilegeCheck.missingCapabilities(status: Self.status(effective: "000001ffffffefff"))
                == ["CAP_NET_ADMIN"])
        let none = ["CAP_KILL", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_SYS_ADMIN"]
        #expect(PrivilegeCheck.missingCapabilities(status: Self.status(effective: "0000000000000000")) == none)
        #expect(PrivilegeCheck.missingCapabilities(status: "") == none)
        #expect(PrivilegeCheck.missingCapabilities(status: "CapEff:\tzz\n") == none)
    }

    @Test func `without privileges it says what is missing, and how to get it`() {
        let (all, some) = ("000001ffffffffff", "000001ffffffefff")
        func check(_ effective: String, userID: UInt32, isRunWritable: Bool = true) -> HostCheck {
            PrivilegeCheck.check(
                status: Self.status(effective: effective), userID: userID, isRunWritable: isRunWritable)
        }
        #expect(check(all, userID: 0) == HostCheck("privileges", .ok, "root, with everything that a lab needs"))
        #expect(check(all, userID: 1000).verdict == .ok)
        let container = check(some, userID: 0)
        #expect(container.verdict == .failed && container.finding == "root without CAP_NET_ADMIN")
        #expect(container.advice == "give the container these capabilities, or run it privileged")
        let user = check("0", userID: 1000)
        #expect(user.finding.hasPrefix("user 1000 without CAP_KILL, ") && user.advice == "run rslab with sudo")
        #expect(check(all, userID: 0, isRunWritable: false).finding == "/run cannot be written to")
    }

    @Test(arguments: [
        ("950000", "1000000", HostCheck.Verdict.ok), ("-1", "1000000", .ok), ("1000000", "1000000", .ok),
        ("0", "1000000", .warning), ("100000", "1000000", .warning), ("950000", "0", .note), ("", "", .note),
    ])
    func `real-time throttling matters only below half a CPU`(
        runtime: String, period: String, verdict: HostCheck.Verdict
    ) {
        #expect(
            TimingChecks.throttling(runtimeMicroseconds: runtime, periodMicroseconds: period).verdict == verdict)
    }

    @Test func `a clock source that is read through a device causes a warning`() {
        #expect(TimingChecks.clockSource("tsc").verdict == .ok)
        #expect(TimingChecks.clockSource("kvm-clock").verdict == .ok)
        #expect(TimingChecks.clockSource("arch_sys_counter").verdict == .ok)
        #expect(TimingChecks.clockSource("hpet").verdict == .warning)
        #expect(TimingChecks.clockSource("acpi_pm").advice != nil)
    }

    @Test func `one CPU, or a loaded machine, causes a warning`() {
        #expect(MachineChecks.processors(count: 2, loadText: "0.10 0.20 0.30 1/100 4711").verdict == .ok)
        #expect(MachineChecks.processors(count: 1, loadText: "0.10 0.20 0.30 1/100 4711").verdict == .warning)
        #expect(MachineChecks.processors(count: 2, loadText: "2.00 0.20 0.30 1/100 4711").verdict == .warning)
        #expect(MachineChecks.processors(count: 2, loadText: nil).finding == "2, load unknown")
    }

    @Test func `stolen time is counted from the first line of the statistics`() {
        let quiet = "cpu  900 0 100 9000 0 0 0 10 0 0\ncpu0 0 0 0 0 0 0 0 10000 0 0\n"
        #expect(MachineChecks.virtualization(nil, vendor: nil, statistics: quiet).finding == "none")
        #expect(
            MachineChecks.virtualization("hypervisor", vendor: "QEMU", statistics: quiet)
                == HostCheck("virtualisation", .note, "hypervisor (QEMU)"))
        let robbed = MachineChecks.virtualization(
            "hypervisor", vendor: nil, statistics: "cpu  900 0 100 8500 0 0 0 500 0 0\n")
        #expect(robbed.verdict == .warning)
        #expect(robbed.finding.contains("took 5 %"))
        #expect(MachineChecks.virtualization("hypervisor", vendor: nil, statistics: "cpu x\n").verdict == .note)
    }

    @Test(arguments: [
        ("gobgpd version 3.10.0\n", "version 3.10.0"), ("BIRD version 2.0.12\n", "version 2.0.12"),
        ("bgpd version 8.4.4\nCopyright 1996-2005", "version 8.4.4"), ("OpenBGPD 7.7\n", "version 7.7"),
        ("unknown option\n", "version unknown"), ("", "version unknown"),
    ])
    func `a daemon's version is the first number it says`(text: String, version: String) {
        #expect(DaemonChecks.version(in: text) == version)
    }

    @Test func `a failed check forbids a lab, and nothing else does`() {
        let harmless = [HostCheck("a", .ok, ""), HostCheck("b", .note, ""), HostCheck("c", .warning, "")]
        #expect(harmless.allowLab)
        #expect(!(harmless + [HostCheck("d", .failed, "")]).allowLab)
    }
}
