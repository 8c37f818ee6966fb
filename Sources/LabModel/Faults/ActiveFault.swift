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

    private enum CodingKeys: String, CodingKey {
        case number, name, target, parameters
    }

    /// The format from when faults could only fall on instances.
    private enum FormerKeys: String, CodingKey {
        case instance, lossShare
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(FaultName.self, forKey: .name)
        number = try container.decodeIfPresent(Int.self, forKey: .number) ?? 1
        guard let target = try container.decodeIfPresent(FaultTarget.self, forKey: .target) else {
            let former = try decoder.container(keyedBy: FormerKeys.self)
            self.target = FaultTarget(.instance, try former.decode(String.self, forKey: .instance))
            parameters = FaultParameters(lossShare: try former.decodeIfPresent(Double.self, forKey: .lossShare))
            return
        }
        self.target = target
        parameters = try container.decode(FaultParameters.self, forKey: .parameters)
    }
}
