// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import Testing
import VPC

@Suite struct FaultPlacementTests {
    private let lab: LabLayout
    private let active = "instance-rs-az1"
    private let standby = "instance-rs-az2"
    private let client = "access-instance"

    init() throws { lab = try Layouts.floatingIP() }

    private func placement(
        _ fault: FaultName, on target: String? = nil, parameters: FaultParameters = FaultParameters(),
        in other: LabLayout? = nil
    ) throws -> FaultPlacement {
        try FaultPlacement(
            FaultRequest(fault, target: target, parameters: parameters), active: active, in: other ?? lab)
    }

    private func refusal(_ fault: FaultName, on target: String) throws -> LabError {
        try #require(throws: LabError.self, performing: { try placement(fault, on: target) })
    }

    // MARK: What a fault falls on

    @Test func `most faults fall on the active instance`() throws {
        #expect(try placement(.kill).target == FaultTarget(.instance, active))
        #expect(try placement(.blackhole).target == FaultTarget(.instance, active))
    }

    @Test func `the active instance is asked for only where it is needed`() throws {
        struct NotAsked: Error {}
        func ask() throws -> String { throw NotAsked() }
        let request = FaultRequest(.kill, target: standby)
        #expect(try FaultPlacement(request, active: try ask(), in: lab).instance == standby)
        #expect(throws: NotAsked.self) { try FaultPlacement(FaultRequest(.kill), active: try ask(), in: lab) }
    }

    @Test func `an availability zone fails that the active instance is in`() throws {
        let target = try placement(.azDown).target
        #expect(target.kind == .availabilityZone)
        #expect(target.name == lab.model.subnets[0].availabilityZone)
    }

    @Test func `a route server that is restarted is the template's first`() throws {
        #expect(try placement(.routeServerRestart).target == FaultTarget(.routeServer, "rs"))
        let two = try Layouts.template("two-route-servers.yaml")
        #expect(try placement(.routeServerRestart, in: two).target == FaultTarget(.routeServer, "rs-a"))
    }

    @Test(arguments: [
        ("instance-rs-az2", FaultTarget.Kind.instance), ("rs1-az1-rse1", .endpoint), ("subnet-az1", .subnet),
        ("instance-rs-az1:eth0", .interface), ("vpc:subnet-az1", .routerLeg), ("rs", .routeServer),
        ("us-east-1a", .availabilityZone),
    ])
    func `a target is found by the name that users type`(name: String, kind: FaultTarget.Kind) throws {
        #expect(try placement(.soak, on: name).target == FaultTarget(kind, name))
    }

    @Test(arguments: [
        ("InstanceAz2", FaultTarget(.instance, "instance-rs-az2")), ("Subnet2Az2", FaultTarget(.subnet, "subnet2-az2")),
        ("RouteServer", FaultTarget(.routeServer, "rs")), ("Endpoint4", FaultTarget(.endpoint, "rs1-az2-rse4")),
    ])
    func `a target is found by what the template calls it`(logicalID: String, target: FaultTarget) throws {
        #expect(try placement(.soak, on: logicalID).target == target)
    }

    @Test func `an unknown target is refused with a list of those that exist`() throws {
        let error = try refusal(.kill, on: "instance-rs-az3")
        #expect(
            error.problem
                == "there is nothing called 'instance-rs-az3' that a fault could fall on; did you mean"
                + " 'instance-rs-az1'?")
        let advice = try #require(error.advice)
        for name in ["instance-rs-az1", "rs", "rs1-az2-rse3", "subnet2-az2", "vpc:subnet-az1", "us-east-1b"] {
            #expect(advice.contains(name))
        }
    }

    @Test(arguments: ["access-instance:eth1", "rs:eth0", "nobody:eth0", "access-instance:", ":eth0", ""])
    func `an interface that no instance has is refused`(name: String) throws {
        #expect(try refusal(.soak, on: name).problem.contains("there is nothing called '\(name)'"))
    }

    @Test func `a fault that makes no sense on a target is refused with those that do`() throws {
        let error = try refusal(.kill, on: "rs1-az1-rse1")
        #expect(error.problem == "kill makes no sense on rs1-az1-rse1, which is a route server endpoint")
        let advice = try #require(error.advice)
        #expect(
            advice.hasPrefix(
                "it falls on instance-rs-az1, instance-rs-az2, access-instance; on a route server endpoint: "))
        #expect(advice.contains("blackhole"))
    }

    @Test(arguments: FaultTarget.Kind.allCases)
    func `for every kind of target there is a fault that applies to it and one that does not`(kind: FaultTarget.Kind) {
        #expect(FaultName.allCases.contains { $0.description.targets.contains(kind) })
        if kind != .instance { #expect(FaultName.allCases.contains { !$0.description.targets.contains(kind) }) }
    }

    // MARK: Parameters

    @Test func `a parameter that the fault does not take is refused by its option's name`() throws {
        let error = try #require(
            throws: LabError.self,
            performing: { try placement(.kill, parameters: FaultParameters(lossShare: 0.5, count: 3)) })
        #expect(error.description == "kill takes no loss, count")
    }

    @Test func `parameters that were not given have their defaults`() throws {
        let flap = try placement(.flap, parameters: FaultParameters(count: 7))
        #expect(flap.parameters.count == 7)
        #expect(flap.parameters.period == FaultName.flap.description.parameters.period)
    }

    @Test func `a fault that is in place falls where it fell before`() throws {
        for fault in FaultName.allCases {
            let asked = try placement(fault)
            let stored = FaultPlacement(
                ActiveFault(number: 1, name: fault, target: asked.target, parameters: asked.parameters), in: lab)
            #expect(stored.cables == asked.cables, "\(fault)")
            #expect(stored.target == asked.target && stored.parameters == asked.parameters)
        }
    }

    @Test func `a fault is about an instance where it falls on one or on its interface`() throws {
        #expect(try placement(.kill).instance == active)
        #expect(try placement(.blackhole, on: "instance-rs-az2:eth0").instance == standby)
        for target in ["rs1-az1-rse1", "subnet-az1", "vpc:subnet-az1", "rs", "us-east-1a"] {
            #expect(try placement(.soak, on: target).instance == nil)
        }
    }

    // MARK: Links

    /// The far ends of the links that a fault takes, as namespace:link, in order.
    private func ends(_ fault: FaultName, on target: String? = nil) throws -> [String] {
        try placement(fault, on: target).cables.map { "\($0.far.namespace):\($0.far.name)" }.sorted()
    }

    @Test func `an instance's links are its interfaces`() throws {
        #expect(try ends(.blackhole) == ["instance-rs-az1:eth0"])
        #expect(try ends(.blackhole, on: "instance-rs-az1:eth0") == ["instance-rs-az1:eth0"])
    }

    @Test func `a route server's links are those of its endpoints`() throws {
        #expect(
            try ends(.soak, on: "rs") == ["rs:rs1-az1-rse1", "rs:rs1-az1-rse2", "rs:rs1-az2-rse3", "rs:rs1-az2-rse4"])
        #expect(try ends(.blackhole, on: "rs1-az2-rse4") == ["rs:rs1-az2-rse4"])
    }

    @Test func `an endpoint whose name is too long for a link is found by the link's name`() throws {
        let long = "route-server-endpoint-number-one"
        let lab = try Layouts.template("floating-ip.yaml", replacing: [("Value: rs1-az1-rse1", "Value: \(long)")])
        let cables = try placement(.blackhole, on: long, in: lab).cables
        #expect(cables.map(\.far.name) == [LabPlan.linkName(long)])
        #expect(cables.map(\.far.alias) == [long])
    }

    @Test func `a subnet's links are all that lead into it, the router's among them`() throws {
        #expect(
            try ends(.blackhole, on: "subnet-az1")
                == ["instance-rs-az1:eth0", "rs:rs1-az1-rse1", "rs:rs1-az1-rse2", "vpc:subnet-az1"])
        #expect(try ends(.blackhole, on: "vpc:subnet-az1") == ["vpc:subnet-az1"])
    }

    @Test func `an availability zone's links are those of all its subnets`() throws {
        #expect(
            try ends(.azDown, on: "us-east-1b")
                == [
                    "access-instance:eth0", "instance-rs-az2:eth0", "rs:rs1-az2-rse3", "rs:rs1-az2-rse4",
                    "vpc:subnet-az2", "vpc:subnet2-az2",
                ])
    }

    @Test func `endpoints that fail for an instance are those that it has sessions with`() throws {
        #expect(try ends(.endpointDown) == ["rs:rs1-az1-rse1"])
        #expect(try ends(.endpointsDown) == ["rs:rs1-az1-rse1", "rs:rs1-az1-rse2"])
        #expect(try ends(.endpointsDown, on: standby) == ["rs:rs1-az2-rse3", "rs:rs1-az2-rse4"])
        #expect(try ends(.endpointDown, on: "rs1-az2-rse4") == ["rs:rs1-az2-rse4"])
        #expect(lab.endpointCables(of: client).isEmpty)
    }

    @Test func `sessions across subnets are with the endpoints that the peers name`() throws {
        let lab = try Layouts.template("peers-elsewhere.yaml")
        let speaker = try #require(lab.speakerInstances.first)
        let addresses = Set(lab.model.instances.first { $0.name == speaker }.map(lab.model.addresses(of:)) ?? [])
        let peers = lab.model.routeServers.flatMap(\.peers).filter { addresses.contains($0.address) }
        #expect(!peers.isEmpty)
        #expect(lab.endpointCables(of: speaker).count == peers.count)
    }

    // MARK: Roles

    private func role(
        _ fault: FaultName, on target: String? = nil, standbys: [String]? = nil, sources: [String]? = nil
    ) throws -> TargetRole {
        try lab.role(
            of: try placement(fault, on: target), active: active, standbys: standbys ?? [standby],
            sources: sources ?? [client])
    }

    @Test func `what takes the active instance's links is about the active instance`() throws {
        #expect(try role(.kill) == .active)
        #expect(try role(.blackhole, on: "instance-rs-az1:eth0") == .active)
        #expect(try role(.blackhole, on: "subnet-az1") == .active)
        #expect(try role(.azDown) == .active)
    }

    @Test func `what takes the standby is a bystander to the traffic`() throws {
        #expect(try role(.kill, on: standby) == .bystander)
        #expect(try role(.endpointsDown, on: standby) == .bystander)
        #expect(try role(.blackhole, on: "vpc:subnet-az2") == .bystander)
    }

    @Test func `an instance without a standby is every instance`() throws {
        #expect(try role(.kill, standbys: []) == .everyInstance)
        #expect(try role(.endpointsDown, standbys: []) == .everyInstance)
    }

    @Test func `all of its sessions, or some of them`() throws {
        #expect(try role(.endpointsDown) == .everySession)
        #expect(try role(.endpointDown) == .someSessions)
        #expect(try role(.blackhole, on: "rs1-az1-rse2") == .someSessions)
    }

    @Test func `a standby without a session of its own takes over nothing`() throws {
        #expect(try role(.blackhole, on: "rs") == .everyInstance)
    }

    @Test func `the way to the active instance, and none of its sessions`() throws {
        #expect(try role(.blackhole, on: "vpc:subnet-az1") == .path)
    }

    @Test func `a route server whose routes stay concerns every instance, whatever links it has`() throws {
        #expect(try role(.routeServerRestart) == .everyInstance)
        #expect(try role(.routeServerRestart, sources: []) == .everyInstance)
    }

    @Test(arguments: ["access-instance", "subnet2-az2", "vpc:subnet2-az2", "us-east-1b", "access-instance:eth0"])
    func `what cuts off a host that probes cannot be measured`(target: String) throws {
        let error = try #require(throws: LabError.self, performing: { try role(.blackhole, on: target) })
        #expect(error.problem.hasPrefix("the probes come from access-instance, which blackhole on \(target) cuts off"))
        #expect(try role(.blackhole, on: target, sources: []) != .active)
    }

    @Test func `a host in the active instance's own subnet is cut off with it`() throws {
        #expect(throws: LabError.self) { try role(.blackhole, on: "subnet-az1", sources: [client, active]) }
    }
}
