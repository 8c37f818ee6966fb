// SPDX-License-Identifier: MIT-0
package import Measurement
package import WireFormat

/// The settings of an application's client.
package struct ApplicationProgramSettings: Hashable, Sendable, Codable {
    package var destination: IPAddress
    package var application: ApplicationSettings
    package var cookie: UInt64
    /// How long to wait for replies after the last request.
    package var linger: Duration

    package init(destination: IPAddress, application: ApplicationSettings, cookie: UInt64, linger: Duration) {
        self.destination = destination
        self.application = application
        self.cookie = cookie
        self.linger = linger
    }
}
