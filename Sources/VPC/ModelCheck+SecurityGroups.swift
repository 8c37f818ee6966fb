// SPDX-License-Identifier: MIT-0
import WireFormat

/// Rules that AWS would refuse, and sessions that rules prevent.
extension ModelCheck {
    mutating func checkSecurityGroups() {
        for group in model.securityGroups {
            for (property, rules) in [
                ("SecurityGroupIngress", group.ingress), ("SecurityGroupEgress", group.egress ?? []),
            ] {
                for rule in rules where InterfaceRules.Service(rule) == nil {
                    error(
                        group.logicalID, property: property,
                        "\(group.logicalID) has a rule for \(rule.words), which does not exist")
                }
            }
        }
        // The most common mistake: everything is deployed, and a session stays down.
        for session in InterfaceOutlook(model).blockedSessions {
            warning(session.peer, property: "PeerAddress", "\(session)", isAboutAbsence: true)
        }
    }
}

extension SecurityGroupRule {
    /// Protocol and numbers, as in the template.
    fileprivate var words: String {
        let numbers = [fromPort, toPort].compactMap { $0.map(String.init) }.joined(separator: " to ")
        return "the protocol '\(ipProtocol)'" + (numbers.isEmpty ? "" : " and the ports \(numbers)")
    }
}
