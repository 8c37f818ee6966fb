// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// Where programs wait, loaded and configured, until all of them may begin.
///
/// Loading a program takes milliseconds; meanwhile, the parent can prepare what the program needs.
package final class StartLine {
    private let near: OwnedDescriptor
    private let far: OwnedDescriptor

    /// A new line is closed, and nothing waits at it.
    package init() throws(SystemError) {
        let pipe = try DescriptorPair.pipe()
        near = try pipe.near.duplicate()
        far = try pipe.far.duplicate()
    }

    /// The descriptor that a program inherits, and passes to `wait`.
    package var descriptor: Int32 { near.rawValue }

    /// Lets the programs begin; so does the end of this object or of its process.
    package func open() throws(SystemError) {
        try writeAll([1], to: far.rawValue, subject: "start line")
    }

    /// Waits, in a program that inherited the descriptor, until the line is opened, and closes the descriptor.
    package static func wait(at descriptor: Int32) throws(SystemError) {
        // The octet is not read, so that the other programs see it too.
        try checked("wait at", "start line", rslab_wait_readable_until(descriptor, .max))
        close(descriptor)
    }
}
