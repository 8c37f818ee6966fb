// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
package import NodeProtocol
internal import WireFormat

/// Has the processes of an instance run for a part of each period and stops them for the rest: what stands in for a limit of
/// processor time where no control group can be made.
///
/// Whoever kills it continues the processes.
package struct TurnsProgram {
    private let settings: TurnsProgramSettings

    package init(settings: TurnsProgramSettings) {
        self.settings = settings
    }

    /// Runs until it is killed, or the instance is gone.
    package func run() throws(SystemError) {
        let period = Duration.microseconds(Int64(settings.periodMicroseconds))
        let running = period * settings.share
        var start = Instant.now
        while let namespace = PIDNamespace(of: settings.processID) {
            try namespace.send(signal: SIGCONT)
            try DedicatedThread.pause(running)
            try namespace.send(signal: SIGSTOP)
            // By the clock and not one after the other: what a turn takes does not add up.
            start = max(start + period, .now)
            try DedicatedThread.pause(start - .now)
        }
    }
}
