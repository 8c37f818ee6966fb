// SPDX-License-Identifier: MIT-0

/// A fault as it is asked for: what falls on whom.
package struct FaultRequest: Hashable, Sendable, Codable {
    package var name: FaultName
    /// As users type it; nil for what the fault usually falls on (`FaultDescription.usualTarget`).
    package var target: String?
    package var parameters: FaultParameters

    package init(_ name: FaultName, target: String? = nil, parameters: FaultParameters = FaultParameters()) {
        self.name = name
        self.target = target
        self.parameters = parameters
    }
}
