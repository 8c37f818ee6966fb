// SPDX-License-Identifier: MIT-0
package import Measurement

/// A fault that is in place, or was about to be: what `restore` has to put back.
package struct ActiveFault: Codable, Hashable, Sendable {
    package var name: FaultName
    package var instance: String

    package init(name: FaultName, instance: String) {
        self.name = name
        self.instance = instance
    }
}
