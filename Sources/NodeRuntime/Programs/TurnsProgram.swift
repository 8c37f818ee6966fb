// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
package import NodeProtocol
internal import WireFormat

/// Lets the processes of an instance run for a part of each period and stops them for the rest: a substitute for a
/// limit of CPU time where no control group can be made.
///
/// If it is killed, the caller must continue the processes.
package struct TurnsProgram {
    private let settings: TurnsProgramSettings

    package init(settings: TurnsProgramSettings) {
        self.settings = settings
    }

    /// Runs until it is killed or the instance is gone.
    package func run() throws(SystemError) {
        let period = Duration.microseconds(Int64(settings.periodMicroseconds))
        let running = period * settings.share
        var start = Instant.now
        while let namespace = PIDNamespace(of: settings.processID) {
            try namespace.send(signal: SIGCONT)
            try DedicatedThread.pause(running)
            try namespace.send(signal: SIGSTOP)
            // Periods follow the clock, so that the time that a turn takes does not add up.
            start = max(start + period, .now)
            try DedicatedThread.pause(start - .now)
        }
    }
}
