// SPDX-License-Identifier: MIT-0

extension LabPlan {
    /// The router's link to the subnet of a node; nil for a node that is in none.
    package func leg(to node: String) -> LinkEnd? {
        guard let subnet = cables.first(where: { $0.far.namespace == node })?.near.namespace else { return nil }
        return cables.first { $0.far.namespace == Self.vpcNode && $0.near.namespace == subnet }?.far
    }
}
