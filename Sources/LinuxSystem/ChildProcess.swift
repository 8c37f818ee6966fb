// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A process held by a pidfd: a signal reaches this process and never another one that got its number.
package struct ProcessHandle: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init(adopting descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// Opens a pidfd for a process id.
    package init(processID: Int32) throws(SystemError) {
        descriptor = OwnedDescriptor(
            adopting: try checked("hold", "process \(processID)", rslab_pidfd_open(processID)))
    }

    /// Sends a signal.
    ///
    /// A process that has already ended is not an error.
    package borrowing func send(signal: Int32) throws(SystemError) {
        let result = rslab_pidfd_send_signal(descriptor.rawValue, signal)
        guard result != -ESRCH else { return }
        try checked("send signal \(signal) to", "process", result)
    }

    /// Waits until the process has ended, which is after the kernel has closed all its descriptors; false at the
    /// deadline.
    package borrowing func waitForEnd(until deadline: Instant) throws(SystemError) -> Bool {
        try checked(
            "wait for", "process", rslab_wait_readable_until(descriptor.rawValue, deadline.nanoseconds)) > 0
    }

    /// The process id as seen from this process's PID namespace; nil once it is reaped.
    package borrowing func processID() -> Int32? {
        // An unreadable fdinfo means the same as a reaped process: there is no number.
        guard let text = try? readTextFile("/proc/self/fdinfo/\(descriptor.rawValue)") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("Pid:") {
            guard let number = Int32(line.dropFirst(4).drop { $0 == " " || $0 == "\t" }), number > 0 else { return nil }
            return number
        }
        return nil
    }
}

/// How to start a child process.
package struct ChildProcess {
    /// An absolute path; never looked up in PATH.
    package var executable: String
    /// Without the program's own name.
    package var arguments: [String]
    package var environment: [String]
    package var directory: String?
    /// The value of argv[0]; the executable's path by default.
    package var programName: String?
    package var hostName: String?
    package var networkNamespace: Int32?
    package var mountNamespace: Int32?
    package var utsNamespace: Int32?
    package var newPIDNamespace = false
    package var newMountNamespace = false
    package var newUTSNamespace = false
    package var newSession = false
    /// Standard input, output and error; nil means /dev/null.
    package var standardDescriptors: [Int32?] = [nil, nil, nil]
    package static let firstExtraDescriptor: Int32 = 3
    /// These become 3, 4, … in the child, which gets no others.
    package var extraDescriptors: [Int32] = []

    package init(executable: String, arguments: [String], environment: [String] = []) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts it.
    ///
    /// It is this process's child, whatever namespaces it runs in.
    package func start() throws(SystemError) -> StartedProcess {
        let argumentStrings = CStringArray([programName ?? executable] + arguments)
        let environmentStrings = CStringArray(environment)
        var pidfd: Int32 = -1
        var failedStep: UnsafePointer<CChar>?
        let result: Int32 = executable.withCString { path in
            withOptionalCString(directory) { directory in
                withOptionalCString(hostName) { hostName in
                    extraDescriptors.withUnsafeBufferPointer { extra in
                        var child = rslab_child()
                        child.path = path
                        child.arguments = UnsafePointer(argumentStrings.pointer)
                        child.environment = UnsafePointer(environmentStrings.pointer)
                        child.directory = directory
                        child.host_name = hostName
                        child.network_namespace = networkNamespace ?? -1
                        child.mount_namespace = mountNamespace ?? -1
                        child.uts_namespace = utsNamespace ?? -1
                        child.new_pid_namespace = newPIDNamespace ? 1 : 0
                        child.new_mount_namespace = newMountNamespace ? 1 : 0
                        child.new_uts_namespace = newUTSNamespace ? 1 : 0
                        child.new_session = newSession ? 1 : 0
                        child.standard_descriptors = (
                            standardDescriptors[0] ?? -1, standardDescriptors[1] ?? -1, standardDescriptors[2] ?? -1
                        )
                        child.extra_descriptors = extra.baseAddress
                        child.extra_descriptor_count = Int32(extra.count)
                        return rslab_spawn(&child, &pidfd, &failedStep)
                    }
                }
            }
        }
        // The child received the memory, not the owners: keep them alive.
        withExtendedLifetime((argumentStrings, environmentStrings)) {}
        guard result >= 0 else {
            throw SystemError(
                operation: "start", subject: executable, code: -result,
                detail: failedStep.map { "could not \(String(cString: $0))" })
        }
        return StartedProcess(processID: result, handle: ProcessHandle(adopting: OwnedDescriptor(adopting: pidfd)))
    }
}

/// A running child: its process id in its parent's PID namespace, and the handle that holds it.
package struct StartedProcess: ~Copyable, Sendable {
    package let processID: Int32
    package let handle: ProcessHandle

    /// Gives up everything but the handle.
    package consuming func takeHandle() -> ProcessHandle { handle }
}

/// A NULL-terminated array of C strings, freed with its owner.
private final class CStringArray {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            pointer[index] = strdup(string)
        }
        pointer[count] = nil
    }

    deinit {
        for index in 0..<count {
            free(pointer[index])
        }
        pointer.deallocate()
    }
}

private func withOptionalCString<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return string.withCString { body($0) }
}

/// Reaps one child of this process that has ended; nil if none has.
///
/// The status is the exit status, or 128 + the signal.
package func reapChild() -> (processID: Int32, status: Int32)? {
    var status: Int32 = 0
    let processID = rslab_reap(&status)
    return processID > 0 ? (processID, status) : nil
}

/// Waits for one child.
///
/// Returns the exit status, or 128 + the signal that ended it.
package func waitForChild(_ processID: Int32) throws(SystemError) -> Int32 {
    try checked("wait for", "process \(processID)", rslab_wait(processID))
}
