// SPDX-License-Identifier: MIT-0
package import Measurement

/// A fault that is in place, or was about to be: what `restore` has to put back.
package struct ActiveFault: Codable, Hashable, Sendable {
    package var name: FaultName
    package var instance: String
    /// Of `loss`: the part of all packets that is lost, 0...1.
    package var lossShare: Double?

    package init(name: FaultName, instance: String, lossShare: Double? = nil) {
        self.name = name
        self.instance = instance
        self.lossShare = lossShare
    }
}
