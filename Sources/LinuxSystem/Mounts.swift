// SPDX-License-Identifier: MIT-0
internal import Glibc

/// Mounts of the calling process' own mount namespace.
package enum Mounts {
    /// Cuts the namespace off: nothing that is mounted here reaches another one, nor the other way round.
    package static func makePrivate() throws(SystemError) {
        _ = try systemCall("make mounts private", "/") { mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
    }

    /// Mounts a kernel file system (`proc`, `sysfs`, `tmpfs`) that shows the calling process' namespaces.
    package static func mountKernel(_ type: String, at path: String, options: String? = nil) throws(SystemError) {
        _ = try systemCall("mount \(type) at", path) {
            mount(type, path, type, UInt(MS_NOSUID | MS_NOEXEC | MS_NODEV), options)
        }
    }

    /// Mounts a temporary file system whose files may be executed.
    package static func mountTemporary(at path: String) throws(SystemError) {
        _ = try systemCall("mount tmpfs at", path) {
            mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "mode=0755,size=16m")
        }
    }

    /// Shows one file or directory at another place as well.
    package static func bind(_ source: String, at path: String) throws(SystemError) {
        _ = try systemCall("bind \(source) at", path) { mount(source, path, nil, UInt(MS_BIND | MS_REC), nil) }
    }
}
