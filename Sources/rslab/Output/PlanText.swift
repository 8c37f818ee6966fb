// SPDX-License-Identifier: MIT-0
internal import LabModel

/// A plan as the commands that would build the same, one per line: for reading, not for running.
struct PlanText {
    let plan: LabPlan

    var text: String {
        var lines = plan.namespaces.map { "namespace \($0.name)  (\($0.role.rawValue))" }
        for namespace in plan.namespaces {
            lines += namespace.kernelParameters.map { "[\(namespace.name)] sysctl \($0.name) = \($0.value)" }
        }
        lines += plan.bridges.map { "[\($0.namespace)] link add \($0.name) index \($0.index) type bridge" }
        lines += plan.cables.map { cable in
            let master = cable.near.master.map { " master \($0)" } ?? ""
            return "[\(cable.near.namespace)] link add \(cable.near.name) index \(cable.near.index)\(master) type veth"
                + " peer \(cable.far.name) index \(cable.far.index) address \(cable.far.macAddress)"
                + " netns \(cable.far.namespace)"
        }
        lines += plan.addresses.map {
            "[\($0.namespace)] address add \($0.address)/\($0.prefixLength) dev index \($0.index)"
        }
        lines += plan.neighbors.map {
            "[\($0.namespace)] neighbour add \($0.address) lladdr \($0.macAddress) dev index \($0.index) permanent"
        }
        lines += plan.routes.map { route in
            let gateway = route.gateway.map { " via \($0)" } ?? ""
            let kind = route.index == nil ? "blackhole " : ""
            let device = route.index.map { " dev index \($0)" } ?? ""
            return "[\(route.namespace)] route add \(kind)\(route.destination)\(gateway)\(device)"
                + " table \(route.table)"
        }
        lines += plan.rules.map { rule in
            var text = "[\(rule.namespace)] rule add"
            if let interface = rule.inputInterface { text += " iif \(interface)" }
            if let destination = rule.destination { text += " to \(destination)" }
            text += " lookup \(rule.table)"
            if let length = rule.suppressedPrefixLength { text += " suppress_prefixlength \(length)" }
            return text + " priority \(rule.priority)"
        }
        lines += plan.publicAddresses.map {
            "[\(LabPlan.vpcNode)] public address \($0.address), private \($0.privateAddress), both translated 1:1"
        }
        lines += plan.replyMarks.map {
            "[\($0.namespace)] echo replies that are forwarded leave with IP time to live \($0.timeToLive)"
        }
        return lines.joined(separator: "\n")
    }
}
