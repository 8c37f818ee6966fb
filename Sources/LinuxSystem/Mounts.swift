// SPDX-License-Identifier: MIT-0
internal import Glibc

/// Mounts in the calling process's own mount namespace.
package enum Mounts {
    /// Makes all mounts slaves: mounts made here do not propagate out.
    ///
    /// Mounts and unmounts outside still propagate in, so a long-lived namespace keeps none of the host's file
    /// systems busy (mount_namespaces(7)).
    package static func makeSlaves() throws(SystemError) {
        _ = try systemCall("make slaves of the mounts below", "/") {
            mount("none", "/", nil, UInt(MS_REC | MS_SLAVE), nil)
        }
    }

    /// Mounts a kernel file system (`proc`, `sysfs`, `tmpfs`) that shows the calling process's namespaces.
    package static func mountKernel(_ type: String, at path: String, options: String? = nil) throws(SystemError) {
        _ = try systemCall("mount \(type) at", path) {
            mount(type, path, type, UInt(MS_NOSUID | MS_NOEXEC | MS_NODEV), options)
        }
    }

    /// Mounts a temporary file system that allows execution.
    package static func mountTemporary(at path: String) throws(SystemError) {
        _ = try systemCall("mount tmpfs at", path) {
            mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "mode=0755,size=16m")
        }
    }

    /// Bind-mounts a file or directory at another path.
    package static func bind(_ source: String, at path: String) throws(SystemError) {
        _ = try systemCall("bind \(source) at", path) { mount(source, path, nil, UInt(MS_BIND | MS_REC), nil) }
    }
}
