// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
package import LinuxSystem
internal import NodeProtocol

extension LabState {
    /// Reads a lab's state.
    ///
    /// - Throws: `LabError` if there is none, or it cannot be read.
    package static func load(_ directory: RunDirectory) throws -> LabState {
        do {
            return try JSON.decode(LabState.self, from: try readOwnFile(directory.stateFile))
        } catch let error as SystemError where error.code == ENOENT {
            throw LabError(
                "the lab '\(directory.labName)' was not built completely",
                advice: "run 'rslab down --name \(directory.labName)' to remove it")
        } catch let error as SystemError where error.code == EACCES {
            throw LabError("cannot read \(directory.stateFile)", advice: "run rslab as root")
        } catch {
            throw LabError(
                "\(directory.stateFile) is not readable: \(error)",
                advice: "run 'rslab down --name \(directory.labName)' to remove it")
        }
    }

    package func save(_ directory: RunDirectory) throws(SystemError) {
        try replaceFile(directory.stateFile, with: JSON.encode(self))
    }
}
