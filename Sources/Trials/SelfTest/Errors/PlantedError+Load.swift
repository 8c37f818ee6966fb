// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import WireFormat

extension PlantedError {
    /// Twice as many busy threads as processors, in this process: no part of the lab.
    static let load = PlantedError(
        name: "load", words: "other processes take the processors", fault: .kill, doubts: [.foreignCPU]
    ) { _ in
        let count = 2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        _ = try DedicatedThread.performEach(count) { (_) throws(SystemError) -> Void in
            let end = Instant.now + .seconds(3)
            while Instant.now < end {}
        }
    }
}
