// SPDX-License-Identifier: MIT-0

/// A requested fault, and its target.
package struct FaultRequest: Hashable, Sendable, Codable {
    package var name: FaultName
    /// As users type it; nil for the fault's default (`FaultDescription.usualTarget`).
    package var target: String?
    package var parameters: FaultParameters

    package init(_ name: FaultName, target: String? = nil, parameters: FaultParameters = FaultParameters()) {
        self.name = name
        self.target = target
        self.parameters = parameters
    }
}
