// SPDX-License-Identifier: MIT-0
package import Measurement
internal import SourceText
internal import VPC

/// Where a fault falls: its target in a lab, and the links that it affects.
package struct FaultPlacement: Sendable {
    package var name: FaultName
    package var target: FaultTarget
    package var parameters: FaultParameters
    /// The links that the fault cuts, or over which its target's processes communicate.
    package var cables: [LabPlan.Cable]

    /// Finds the target of a request in a lab whose active instance is known.
    ///
    /// - Throws: `LabError` if there is no such target, or the fault makes no sense on it.
    package init(_ request: FaultRequest, active: @autoclosure () throws -> String, in lab: LabLayout) throws {
        let superfluous = request.parameters.superfluous(for: request.name)
        guard superfluous.isEmpty else {
            throw LabError("\(request.name.rawValue) takes no \(superfluous.joined(separator: ", "))")
        }
        name = request.name
        parameters = request.parameters.completed(for: request.name)
        if let text = request.target {
            target = try Self.target(named: text, in: lab)
        } else {
            target = try Self.usualTarget(of: request.name, active: active(), in: lab)
        }
        cables = []
        guard name.description.targets.contains(target.kind) else { throw Self.refusal(of: name, on: target, in: lab) }
        cables = Self.cables(of: name, on: target, in: lab)
    }

    /// The placement of a fault already in place.
    package init(_ active: ActiveFault, in lab: LabLayout) {
        name = active.name
        target = active.target
        parameters = active.parameters
        cables = Self.cables(of: active.name, on: active.target, in: lab)
    }

    /// The instance that the fault affects, if it is on one.
    package var instance: String? {
        switch target.kind {
        case .instance: target.name
        case .interface: target.name.split(separator: ":").first.map(String.init)
        case .endpoint, .subnet, .routerLeg, .routeServer, .availabilityZone: nil
        }
    }

    // MARK: Targets

    private static func usualTarget(of fault: FaultName, active: String, in lab: LabLayout) throws -> FaultTarget {
        switch fault.description.usualTarget {
        case .zoneOfActiveInstance:
            guard let zone = zone(of: active, in: lab) else {
                throw LabError("\(active) is in no subnet", advice: "say which availability zone with --target")
            }
            return FaultTarget(.availabilityZone, zone)
        case .routeServer:
            guard let node = lab.routeServerNodes.first else { throw LabError("the template has no route server") }
            return FaultTarget(.routeServer, node)
        case .activeInstance:
            return FaultTarget(.instance, active)
        }
    }

    private static func zone(of instance: String, in lab: LabLayout) -> String? {
        let model = lab.model
        let interface = model.instances.first { $0.name == instance }?.networkInterfaces.first
            .flatMap(model.networkInterface)
        return model.subnets.first { $0.logicalID == interface?.subnet }?.availabilityZone
    }

    /// Parses a target as users type it.
    private static func target(named text: String, in lab: LabLayout) throws -> FaultTarget {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let all = all(in: lab)
        if let found = all.first(where: { $0.name == text }) { return found }
        if let found = target(logicalID: text, in: lab) { return found }
        if parts.count == 2,
            lab.plan.cables.contains(where: { $0.far.namespace == parts[0] && $0.far.name == parts[1] }),
            lab.model.instances.contains(where: { $0.name == parts[0] })
        {
            return FaultTarget(.interface, text)
        }
        throw LabError(
            "there is nothing called '\(text)' that a fault could fall on\(suggestion(for: text, among: all.map(\.name)))",
            advice: "what there is: \(all.map(\.name).joined(separator: ", ")), or INSTANCE:eth0")
    }

    /// The target with this logical id in the template.
    private static func target(logicalID: String, in lab: LabLayout) -> FaultTarget? {
        let model = lab.model
        if let instance = model.instances.first(where: { $0.logicalID == logicalID }) {
            return FaultTarget(.instance, instance.name)
        }
        if let subnet = model.subnets.first(where: { $0.logicalID == logicalID }) {
            return FaultTarget(.subnet, subnet.name)
        }
        if let server = model.routeServers.first(where: { $0.logicalID == logicalID }) {
            return FaultTarget(.routeServer, LabPlan.node(of: server, in: model))
        }
        return model.routeServers.flatMap(\.endpoints).first { $0.logicalID == logicalID }
            .map { FaultTarget(.endpoint, $0.name) }
    }

    /// Everything that a fault may fall on, except single interfaces.
    private static func all(in lab: LabLayout) -> [FaultTarget] {
        let model = lab.model
        var zones: [String] = []
        for zone in model.subnets.map(\.availabilityZone) where !zones.contains(zone) { zones.append(zone) }
        return model.instances.map { FaultTarget(.instance, $0.name) }
            + lab.routeServerNodes.map { FaultTarget(.routeServer, $0) }
            + model.routeServers.flatMap(\.endpoints).map { FaultTarget(.endpoint, $0.name) }
            + model.subnets.map { FaultTarget(.subnet, $0.name) }
            + model.subnets.map { FaultTarget(.routerLeg, "\(LabPlan.vpcNode):\($0.name)") }
            + zones.map { FaultTarget(.availabilityZone, $0) }
    }

    private static func refusal(of fault: FaultName, on target: FaultTarget, in lab: LabLayout) -> LabError {
        let kinds = fault.description.targets
        let sensible = all(in: lab).filter { kinds.contains($0.kind) }.map(\.name).joined(separator: ", ")
        let others = FaultName.allCases.filter { $0.description.targets.contains(target.kind) }.map(\.rawValue)
        return LabError(
            "\(fault.rawValue) makes no sense on \(target), which is \(target.kind.withArticle)",
            advice: "it falls on \(sensible); on \(target.kind.withArticle): \(others.joined(separator: ", "))")
    }

    // MARK: Links

    private static func cables(of fault: FaultName, on target: FaultTarget, in lab: LabLayout) -> [LabPlan.Cable] {
        switch (fault.description.links, target.kind) {
        case (.firstEndpoint, .instance): Array(lab.endpointCables(of: target.name).prefix(1))
        case (.everyEndpoint, .instance): lab.endpointCables(of: target.name)
        case (.ofTarget, _), (.firstEndpoint, _), (.everyEndpoint, _): lab.cables(of: target)
        }
    }
}

extension LabLayout {
    /// The links that belong to a target.
    package func cables(of target: FaultTarget) -> [LabPlan.Cable] {
        let parts = target.name.split(separator: ":", maxSplits: 1).map(String.init)
        switch target.kind {
        case .instance, .routeServer:
            return plan.cables.filter { $0.far.namespace == target.name }
        case .interface:
            return plan.cables.filter { $0.far.namespace == parts[0] && $0.far.name == parts[1] }
        case .endpoint:
            let link = LabPlan.linkName(target.name)
            return plan.cables.filter { routeServerNodes.contains($0.far.namespace) && $0.far.name == link }
        case .subnet:
            return plan.cables.filter { $0.near.namespace == target.name }
        case .routerLeg:
            return plan.cables.filter { $0.near.namespace == parts[1] && $0.far.namespace == LabPlan.vpcNode }
        case .availabilityZone:
            let subnets = Set(model.subnets.filter { $0.availabilityZone == target.name }.map(\.name))
            return plan.cables.filter { subnets.contains($0.near.namespace) }
        }
    }

    /// The links of the route server endpoints with which an instance has sessions, in template order.
    package func endpointCables(of instance: String) -> [LabPlan.Cable] {
        let addresses = model.instances.first { $0.name == instance }.map { model.addresses(of: $0) } ?? []
        return model.routeServers.flatMap { server in
            server.peers.filter { addresses.contains($0.address) }.compactMap { peer in
                server.endpoints.first { $0.logicalID == peer.endpoint }
            }
        }.flatMap { cables(of: FaultTarget(.endpoint, $0.name)) }
    }

    /// The router's legs into the subnets of an instance.
    private func legCables(of instance: String) -> [LabPlan.Cable] {
        let subnets = Set(plan.cables.filter { $0.far.namespace == instance }.map(\.near.namespace))
        return plan.cables.filter { subnets.contains($0.near.namespace) && $0.far.namespace == LabPlan.vpcNode }
    }

    /// The target's role for the traffic from the probing hosts to the active instance.
    ///
    /// `standbys` are the other instances that announce the same floating IP.
    /// - Throws: `LabError` if a probing host is cut off, so that nothing could be measured.
    package func role(
        of placement: FaultPlacement, active: String, standbys: [String], sources: [String]
    ) throws -> TargetRole {
        if placement.name.description.keepsRoutes { return .everyInstance }
        let taken = Set(placement.cables)
        for host in sources {
            guard taken.isDisjoint(with: cables(of: FaultTarget(.instance, host)) + legCables(of: host)) else {
                throw LabError(
                    "the probes come from \(host), which \(placement.name.rawValue) on \(placement.target) cuts off:"
                        + " there would be nothing to measure",
                    advice: "choose another --target, or leave --measure out")
            }
        }
        func isTouched(_ instance: String) -> Bool {
            !taken.isDisjoint(with: cables(of: FaultTarget(.instance, instance)))
        }
        func hasNoSession(_ instance: String) -> Bool { endpointCables(of: instance).allSatisfy(taken.contains) }
        func hasNoPath(_ instance: String) -> Bool { !taken.isDisjoint(with: legCables(of: instance)) }

        let hasStandby = standbys.contains { !isTouched($0) && !hasNoSession($0) && !hasNoPath($0) }
        if isTouched(active) { return hasStandby ? .active : .everyInstance }
        if hasNoSession(active) { return hasStandby ? .everySession : .everyInstance }
        if hasNoPath(active) { return .path }
        return taken.isDisjoint(with: endpointCables(of: active)) ? .bystander : .someSessions
    }
}

extension FaultTarget.Kind {
    /// For sentences.
    var withArticle: String {
        switch self {
        case .instance: "an instance"
        case .endpoint: "a route server endpoint"
        case .subnet: "a subnet"
        case .interface: "a network interface of an instance"
        case .routerLeg: "a leg of the VPC's router"
        case .routeServer: "the route server"
        case .availabilityZone: "an availability zone"
        }
    }
}
