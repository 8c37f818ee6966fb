// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// A network namespace, held by a descriptor.
///
/// Nothing ever enters a namespace on a thread that goes on to do something else: `perform` takes a throw-away thread.
package struct NetworkNamespace: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor
    /// What it is called in messages.
    package let name: String

    package init(adopting descriptor: consuming OwnedDescriptor, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Opens a namespace by a path such as `/proc/PID/ns/net`.
    package init(opening path: String, name: String) throws(SystemError) {
        descriptor = try OwnedDescriptor(opening: path, flags: O_RDONLY)
        self.name = name
    }

    /// A new, empty namespace: a loopback that is down, nothing else.
    ///
    /// It lives as long as something refers to it.
    package static func create(name: String) throws(SystemError) -> NetworkNamespace {
        let raw = try DedicatedThread.perform { () throws(SystemError) -> Int32 in
            let result = rslab_unshare_network()
            guard result == 0 else {
                throw SystemError(operation: "create network namespace", subject: name, code: -result)
            }
            return try OwnedDescriptor(opening: "/proc/thread-self/ns/net", flags: O_RDONLY).release()
        }
        return NetworkNamespace(adopting: OwnedDescriptor(adopting: raw), name: name)
    }

    /// Runs `body` inside the namespace, on a thread that ends with it.
    ///
    /// What `body` opens stays in the namespace for ever.
    package borrowing func perform<Result>(
        _ body: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        let raw = descriptor.rawValue
        let name = name
        return try DedicatedThread.perform { () throws(SystemError) -> Result in
            let result = rslab_enter_network_namespace(raw)
            guard result == 0 else {
                throw SystemError(operation: "enter network namespace", subject: name, code: -result)
            }
            return try body()
        }
    }
}
