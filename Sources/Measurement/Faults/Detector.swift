// SPDX-License-Identifier: MIT-0

/// What detects a fault, if anything does in a way that moves traffic.
///
/// Both the window that theory allows and the distribution within it follow from this, so they cannot disagree.
enum Detector: Hashable, Sendable {
    /// Nothing has to; the reason says why, or why that is open.
    case nothing(WindowReason)
    /// A message or the connection's end, without a timer.
    case atOnce(WindowReason.Kind, references: [String])
    /// The timers that silence lets expire, out of those that are negotiated.
    case timers(SessionTimers)

    init(of fault: Fault, timers: SessionTimers) {
        guard fault.expectation(timers: timers) == .moves else {
            self = .nothing(Self.unnoticed(fault, timers: timers))
            return
        }
        // A fault that cuts off every endpoint is silent, whatever its effect on an instance.
        self =
            switch fault.role == .everySession ? .silence : fault.name.signal {
            case .update: .atOnce(.update, references: ["RFC 4271 section 9"])
            case .notification: .atOnce(.cease, references: ["RFC 4271 section 6.7", "RFC 4486 section 3"])
            case .connectionClosed: .atOnce(.connectionClosed, references: ["RFC 4271 section 8.2.2"])
            case .silence: .timers(timers.concerned(by: fault.description.sights))
            }
    }

    /// Why nothing detects the fault in a way that moves traffic, or why that is open.
    private static func unnoticed(_ fault: Fault, timers: SessionTimers) -> WindowReason {
        let description = fault.description
        if description.movementIgnoresTarget {
            return WindowReason(description.keepsRoutes ? .routeServerEnds : .nothingDone)
        }
        switch fault.role {
        case .bystander: return WindowReason(.bystander)
        case .someSessions: return WindowReason(.otherSession)
        case .path: return WindowReason(.pathOnly)
        case .everyInstance: return WindowReason(.noInstanceLeft)
        case .active, .everySession: break
        }
        switch description.movement {
        case .staysWithOtherSession: return WindowReason(.otherSession)
        case .stays: return WindowReason(description.answering == .no ? .serviceOnly : .sameAnnouncements)
        case .chance: return WindowReason(.chance)
        case .movesWithBFD where timers.bfdInterval == nil: return WindowReason(.noBFD)
        case .movesWithBFD, .moves, .staysForShortGap:
            return WindowReason(fault.expectation(timers: timers) == .stays ? .shortGap : .longGap)
        }
    }
}
