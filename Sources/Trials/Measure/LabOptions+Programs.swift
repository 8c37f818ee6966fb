// SPDX-License-Identifier: MIT-0
internal import LabHost
package import LabModel

extension LabOptions {
    /// Looks for the programs that a lab with these options runs.
    ///
    /// - Throws: `LabError` for one that is not installed.
    package func requireInstalled() throws {
        try InstanceSpeakerStart.findExecutables(of: speaker, withBFD: bfd != nil)
    }
}
