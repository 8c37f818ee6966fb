// SPDX-License-Identifier: MIT-0
package import Measurement

/// A fault that is in place, or was about to be: what `restore` must undo.
package struct ActiveFault: Codable, Hashable, Sendable {
    /// Counted from 1 in order of injection; part of the names of what the fault leaves in the kernel.
    package var number: Int
    package var name: FaultName
    package var target: FaultTarget
    package var parameters: FaultParameters

    package init(number: Int, name: FaultName, target: FaultTarget, parameters: FaultParameters) {
        self.number = number
        self.name = name
        self.target = target
        self.parameters = parameters
    }

    /// For display: "loss on instance-rs-az1 (20 % of all packets)".
    package var text: String {
        "\(name.rawValue) on \(target)" + (parameters.text.isEmpty ? "" : " (\(parameters.text))")
    }
}
