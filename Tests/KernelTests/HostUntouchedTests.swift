// SPDX-License-Identifier: MIT-0
import Glibc
import LabHost
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// The promise: nothing on the host is changed, not even while the lab runs.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct HostUntouchedTests {
    private static let name = "test-host-\(getpid())"

    @Test func `the host stays as it is while a lab runs, fails over, and goes`() throws {
        let before = HostSnapshot(labs: [Self.name])
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        #expect(HostSnapshot(labs: [Self.name]).hostDifference(from: before) == [])
        for fault in ["kill", "crash", "link-down", "blackhole", "freeze"] {
            try lab.succeed("failover", "--fault", fault)
            #expect(HostSnapshot(labs: [Self.name]).hostDifference(from: before) == [], "\(fault)")
            try lab.succeed("restore")
            #expect(HostSnapshot(labs: [Self.name]).hostDifference(from: before) == [], "\(fault), restored")
        }
        try lab.succeed("exec", "instance-rs-az1", "--", "true")
        try lab.succeed("down")
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `a snapshot sees what a lab could leave`() throws {
        let name = "\(Self.name)-seen"
        let before = HostSnapshot(labs: [name])
        let lab = try LifecycleLab(up: name)
        let differences = HostSnapshot(labs: [name]).difference(from: before)
        #expect(differences.contains("\(lab.directory.path) is left"))
        #expect(differences.contains { $0.contains("rslab-node init lab") })
        #expect(differences.contains { $0.contains("speaker") })
        try lab.succeed("down")
        #expect(HostSnapshot.lastingDifference(from: before, labs: [name]) == [])
        // The same readers, pointed at another host: a namespace without the host's links and parameters.
        let elsewhere = try NetworkNamespace.create(name: "elsewhere")
        let other = try elsewhere.perform { () throws(SystemError) in
            try setKernelParameter("net/ipv4/ip_forward", 1)
            try setKernelParameter("net/ipv4/conf/default/arp_ignore", 2)
            return HostSnapshot(labs: [name])
        }
        let seen = other.hostDifference(from: before)
        #expect(
            seen.contains { $0.hasPrefix("kernel parameter net/ipv4/conf/default/arp_ignore was 0, is 2") }, "\(seen)")
        #expect(seen.contains { $0.hasPrefix("link is new") })
        #expect(seen.contains { $0.hasPrefix("route -4 is gone") })
        #expect(seen.contains { $0.hasPrefix("network device is gone") })
    }
}
