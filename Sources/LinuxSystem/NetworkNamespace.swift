// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// A network namespace, held by a descriptor.
///
/// A thread that enters a namespace does nothing else afterwards: `perform` uses a throw-away thread.
package struct NetworkNamespace: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor
    /// The name used in messages.
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

    /// Creates an empty namespace: only a loopback, which is down.
    ///
    /// It lives as long as something refers to it.
    package static func create(name: String) throws(SystemError) -> NetworkNamespace {
        let raw = try DedicatedThread.perform { () throws(SystemError) -> Int32 in
            let namespace = try enterNew(name: name)
            return try namespace.descriptor.duplicate().release()
        }
        return NetworkNamespace(adopting: OwnedDescriptor(adopting: raw), name: name)
    }

    /// Creates an empty namespace and moves the calling thread into it.
    ///
    /// Only for a thread that was made for this, as `DedicatedThread.performEach` makes them.
    package static func enterNew(name: String) throws(SystemError) -> NetworkNamespace {
        let result = rslab_unshare_network()
        guard result == 0 else {
            throw SystemError(operation: "create network namespace", subject: name, code: -result)
        }
        return try NetworkNamespace(opening: "/proc/thread-self/ns/net", name: name)
    }

    /// Runs `body` inside the namespace, on a thread that ends with it.
    ///
    /// Descriptors that `body` opens belong to the namespace for good.
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
