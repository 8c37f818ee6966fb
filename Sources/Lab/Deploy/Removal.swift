// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import WireFormat

extension Lab {
    /// Takes a lab down: ends its init, and with it the kernel everything else, then removes its names.
    ///
    /// Works on a lab in any condition, half-built ones and those of a killed rslab included.
    /// - Returns: false when there was none.
    package static func remove(_ directory: RunDirectory) throws -> Bool {
        guard directory.exists, let lock = try LabLock.take(directory) else { return false }
        // A lab without a state has no init that outlived its builder: the lifeline saw to that.
        if let state = try? LabState.load(directory), let process = try state.initProcess.hold() {
            try process.send(signal: SIGKILL)
            guard try process.waitForEnd(until: .now + .seconds(10)) else {
                throw LabError("the lab's init (process \(state.initProcess.processID)) does not end")
            }
        }
        try directory.remove()
        withExtendedLifetime(lock) {}
        return true
    }
}
