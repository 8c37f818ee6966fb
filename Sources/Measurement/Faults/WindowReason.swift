// SPDX-License-Identifier: MIT-0

/// Why theory allows a duration to be what an `ExpectedWindow` says; `Report` puts it into words.
package struct WindowReason: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        // Detection.
        /// The speaker sends an UPDATE (RFC 4271 section 9).
        case update
        /// The speaker sends Cease before it ends (RFC 4486 section 3).
        case cease
        /// The kernel closes the TCP connection (RFC 4271 section 8.2.2).
        case connectionClosed = "connection-closed"
        /// BFD's detection time (RFC 5880 section 6.8.4): `interval` and `multiplier` are set.
        case bfd
        /// The hold timer (RFC 4271 section 6.5): `holdTime` and `keepaliveInterval` are set.
        case holdTimer = "hold-timer"
        /// The fault is silent, the hold timer is off, and there is no BFD.
        case noTimer = "no-timer"

        // Faults that are not detected in a way that moves traffic, or may not be.
        case nothingDone = "nothing-done"
        /// The route server ends, and the routes that it wrote stay.
        case routeServerEnds = "route-server-ends"
        /// The target carries neither the active instance's traffic nor its sessions.
        case bystander
        /// The fault affects another instance than the flow's.
        case otherInstance = "other-instance"
        /// The instance's other endpoint still has its path.
        case otherSession = "other-session"
        /// The target carries the traffic, but neither BGP nor BFD.
        case pathOnly = "path-only"
        /// No instance is left that could take over.
        case noInstanceLeft = "no-instance-left"
        /// BGP and BFD stay up while the service is dead.
        case serviceOnly = "service-only"
        /// BFD is not used, so nothing misses it.
        case noBFD = "no-bfd"
        /// Whether a timer expires depends on chance.
        case chance
        /// No gap between messages is as long as a timer.
        case shortGap = "short-gap"
        /// A gap may be longer than a timer.
        case longGap = "long-gap"
        /// The speaker announces what it announced before.
        case sameAnnouncements = "same-announcements"

        /// Theory does not say what several faults do to each other.
        case severalFaults = "several-faults"

        // The outage.
        /// The fault promises that nothing is lost.
        case promise
        /// Probes are lost for as long as the fault lasts.
        case whileFaultLasts = "while-fault-lasts"
        /// Packets are late, but not lost.
        case latePackets = "late-packets"
        /// Nothing answers until the route has moved, so it lasts as long as detection.
        case untilRouteMoved = "until-route-moved"
        /// Nothing answers until the route has moved or the fault is undone, whichever comes first.
        case untilMovedOrTakenBack = "until-moved-or-taken-back"
        /// The killed instance may answer until its address is gone.
        case answersBriefly = "answers-briefly"
        /// The routes stay in the tables, and their destinations answer.
        case routesStay = "routes-stay"
        /// The instance's kernel continues to answer until the route has moved.
        case kernelAnswers = "kernel-answers"
        /// The carrier comes and goes, undetected: from the first loss to the last.
        case everyFlap = "every-flap"
        /// The carrier comes and goes until the standby serves, otherwise until it is back for good.
        case flapsUntilMoved = "flaps-until-moved"
    }

    package var kind: Kind
    package var interval: Milliseconds?
    package var multiplier: Int?
    package var holdTime: Milliseconds?
    package var keepaliveInterval: Milliseconds?
    /// The route server's deliberate delay after detection; nil for none.
    package var programmingDelay: Milliseconds?

    package init(_ kind: Kind) {
        self.kind = kind
    }

    private enum CodingKeys: String, CodingKey {
        case kind, multiplier
        case interval = "interval_ms"
        case holdTime = "hold_time_ms"
        case keepaliveInterval = "keepalive_ms"
        case programmingDelay = "programming_delay_ms"
    }
}
