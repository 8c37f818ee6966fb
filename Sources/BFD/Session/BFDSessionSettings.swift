// SPDX-License-Identifier: MIT-0

/// How one end runs its BFD sessions.
package struct BFDSessionSettings: Hashable, Sendable, Codable {
    package var timers: BFDTimers
    /// The passive role: sends nothing before the peer has been heard (RFC 5880 section 6.1).
    ///
    /// RFC 5881 section 3 requires both ends of a single hop to be active.
    package var isPassive: Bool
    package var authentication: BFDAuthentication?

    package init(timers: BFDTimers, isPassive: Bool = false, authentication: BFDAuthentication? = nil) {
        self.timers = timers
        self.isPassive = isPassive
        self.authentication = authentication
    }
}
