// SPDX-License-Identifier: MIT-0
internal import LabModel
package import LinuxSystem

/// A node's network namespace, shared by the objects that work in it.
package final class HeldNamespace: Sendable {
    package let namespace: NetworkNamespace

    package init(_ namespace: consuming NetworkNamespace) {
        self.namespace = namespace
    }

    package var name: String { namespace.name }
    package var descriptor: Int32 { namespace.descriptor.rawValue }

    /// Opens a namespace of a running lab through its init, in whose mount namespace it has a name.
    package static func open(
        _ name: String, of initProcessID: Int32, in directory: RunDirectory
    ) throws -> HeldNamespace {
        let path = "/proc/\(initProcessID)/root\(directory.namespaceDirectory)/\(name)"
        do throws(SystemError) {
            return HeldNamespace(try NetworkNamespace(opening: path, name: name))
        } catch {
            throw LabError("the lab has no node '\(name)'", because: error)
        }
    }
}
