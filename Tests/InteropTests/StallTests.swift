// SPDX-License-Identifier: MIT-0
import LinuxSystem
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// An instance that stalls, a daemon that reads its configuration again, and several faults at once.
    @Suite(.timeLimit(.minutes(3)))
    struct StallTests {
        private func trial(_ lab: TestLab, _ options: String...) throws -> Trial {
            let result = try lab.run("failover", ["--measure", "--validation", "300ms", "--json"] + options)
            try #require([0, 3].contains(result.status), "\(options): \(result.standardError)")
            let run = try result.decode(Run.self)
            return try #require(run.trials.first)
        }

        private func expectAsBefore(_ lab: TestLab, fault: String? = nil) throws {
            let status = try lab.json(StatusOutput.self, "status")
            #expect(status.fault == fault)
            #expect(status.sessions_established == 4)
            #expect(status.active == "instance-rs-az1")
        }

        @Test(.measures)
        func `a pause moves the traffic where it outlasts the timers, and costs its own length where it does not`()
            throws
        {
            try TestLab.with("interop-pause", up: "--hold", "3", "--bfd", "100x3") { lab in
                let short = try trial(lab, "--fault", "pause", "--for", "60ms")
                #expect(short.convergence == nil)
                // As long as it really lasted: a busy machine stops it late, and takes it back on time.
                try #require(short.steps.count == 2)
                let (stop, resume) = (short.steps[0].instants, short.steps[1].instants)
                let inPlace = Milliseconds(from: try #require(stop.after), to: resume.before)
                let whole = Milliseconds(from: stop.before, to: try #require(resume.after))
                #expect(inPlace > .zero)
                #expect(
                    short.outage.lower >= inPlace - Milliseconds(5)
                        && short.outage.upper ?? .zero <= whole + Milliseconds(80),
                    "\(inPlace), \(whole), \(short.outage)")
                #expect(short.expectedOutage.window.lower == Milliseconds(60))

                let long = try trial(lab, "--fault", "pause", "--for", "1s")
                #expect(long.convergence?.instance == "instance-rs-az2")
                #expect(
                    (200...300).contains((long.timeline.detection ?? .zero).value.rounded(.down)), "\(long.timeline)")
                #expect(long.servedAfter != nil)
                try expectAsBefore(lab)

                // Unmeasured, it is over when the command ends.
                let result = try lab.run("failover", "--fault", "pause", "--for", "50ms")
                #expect(result.standardOutput.contains("it was taken back after 50 ms"), "\(result.standardError)")
                try expectAsBefore(lab)
            }
        }

        @Test(.measures) func `an instance that is starved goes on serving, and gets its CPU and its priorities back`()
            throws
        {
            try TestLab.with("interop-starve", up: "--hold", "3") { lab in
                let before = HostSnapshot(labs: [lab.name])
                let result = try lab.run("failover", "--fault", "starve", "--cpu", "5", "--json")
                try #require(result.status == 0, "\(result.standardError)")
                #expect(try result.decode(ChangeOutput.self).target == "instance-rs-az1")
                try expectAsBefore(lab, fault: "starve on instance-rs-az1 (5 % of a CPU)")
                if CPUGroup(named: lab.name) != nil {
                    func groups(_ node: String) throws -> String {
                        try lab.run("exec", node, "--", "cat", "/proc/self/cgroup").standardOutput
                    }
                    #expect(try groups("instance-rs-az1").contains("rslab:\(lab.name):instance-rs-az1\n"))
                    #expect(try !groups("instance-rs-az2").contains("rslab:"))
                }
                let restored = try lab.run("restore", "starve")
                #expect(restored.standardOutput.contains("the lab is as before"), "\(restored.standardError)")
                try expectAsBefore(lab)
                let difference = HostSnapshot(labs: [lab.name]).hostDifference(from: before)
                #expect(difference.isEmpty, "\(difference)")
                let trial = try trial(lab, "--fault", "starve", "--for", "500ms")
                #expect(trial.convergence == nil && trial.counts.lost == 0)
            }
        }

        @Test(arguments: ["builtin", "gobgpd", "bird", "frr"])
        func `a daemon that reads its configuration again loses nothing`(speaker: String) throws {
            try TestLab.with("interop-reload-\(speaker)", up: "--hold", "9", "--speaker", speaker) { lab in
                let trial = try trial(lab, "--fault", "reload", "--for", "1s")
                #expect(trial.convergence == nil && trial.counts.lost == 0, "\(trial.outage)")
                #expect(
                    trial.timeline.steps.first { $0.name == .faultInjected }?.parts.first?.name == "the daemon was told"
                )
                try expectAsBefore(lab)
            }
        }

        @Test func `several faults may be in place, and each is taken back by its name`() throws {
            try TestLab.with("interop-several", up: "--hold", "90", "--bfd", "off") { lab in
                for fault in ["loss", "freeze", "bgp-partition"] {
                    #expect(try lab.run("failover", "--fault", fault).status == 0)
                }
                let same = try lab.run("failover", "--fault", "loss")
                #expect(same.status == 2)
                #expect(same.standardError.contains("is already in place"), "\(same.standardError)")
                let none = try lab.run("restore", "kill")
                #expect(none.status == 2)
                #expect(none.standardError.contains("kill is not in place"), "\(none.standardError)")

                let one = try lab.run("restore", "freeze")
                #expect(one.standardOutput.contains("bgp-partition on instance-rs-az1, loss on instance-rs-az1 stay"))
                #expect(
                    try lab.json(StatusOutput.self, "status").fault
                        == "loss on instance-rs-az1 (20 % of all packets), bgp-partition on instance-rs-az1")
                let rest = try lab.run("restore")
                #expect(rest.standardOutput.contains("the lab is as before"), "\(rest.standardError)")
                try expectAsBefore(lab)
            }
        }

        @Test func `what the end of one fault restores, another that is still in place takes away again`() throws {
            try TestLab.with("interop-shared", up: "--hold", "90", "--bfd", "off") { lab in
                // The pause's end continues every process and has the link forward: neither is to be so yet.
                #expect(try lab.run("failover", "--fault", "freeze").status == 0)
                #expect(try lab.run("failover", "--fault", "blackhole").status == 0)
                #expect(try lab.run("failover", "--fault", "pause", "--for", "50ms").status == 0)
                let state = try lab.run(
                    "exec", "instance-rs-az1", "--", "sh", "-c", "cat /proc/*/stat | grep rslab-node")
                #expect(state.standardOutput.contains(") T "), "\(state.standardOutput)")
                let ping = try lab.run("exec", "access-instance", "--", "ping", "-c", "1", "-W", "1", "172.16.1.1")
                #expect(ping.status != 0)
                #expect(try lab.run("restore").status == 0)
                try expectAsBefore(lab)
            }
        }
    }
}
