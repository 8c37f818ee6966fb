// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// Where programs wait, loaded and configured, until all of them may begin.
///
/// Loading a program takes milliseconds, in which its maker can prepare what the program needs to find.
package final class StartLine {
    private let near: OwnedDescriptor
    private let far: OwnedDescriptor

    /// Closed: a line where nothing waits yet.
    package init() throws(SystemError) {
        let pipe = try DescriptorPair.pipe()
        near = try pipe.near.duplicate()
        far = try pipe.far.duplicate()
    }

    /// What a program is to inherit, and to call `wait` with.
    package var descriptor: Int32 { near.rawValue }

    /// Lets the programs begin; so does the end of the line itself, and of the process that made it.
    package func open() throws(SystemError) {
        try writeAll([1], to: far.rawValue, subject: "start line")
    }

    /// Waits, in a program that inherited the descriptor, until the line is opened, and closes the descriptor.
    package static func wait(at descriptor: Int32) throws(SystemError) {
        // The octet stays for the others to see.
        try checked("wait at", "start line", rslab_wait_readable_until(descriptor, .max))
        close(descriptor)
    }
}
