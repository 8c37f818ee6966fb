// SPDX-License-Identifier: MIT-0
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
package import WireFormat

/// Carries out a sequence of faults on a lab, each step at its instant.
package final class SequencePlayer {
    /// The time reserved before a fault's instant for opening its handles and storing it in the state.
    private static let armTime = Duration.milliseconds(50)

    private let sequence: FaultSequence
    private let placement: SequencePlacement
    private let lab: Lab
    private let feed: EventFeed
    /// Of the faults that were injected or are next, by their steps.
    private var injectors: [Int: FaultInjector] = [:]
    /// When the sequence began; `.zero` before that.
    package private(set) var start = Instant.zero
    /// What was carried out so far.
    package private(set) var steps: [PlayedStep] = []
    /// Called before faults are restored, and after they were.
    package var onTakingBack: () throws -> Void = {}
    package var onTakenBack: () throws -> Void = {}

    /// Opens the handles that the first faults need.
    package init(_ sequence: FaultSequence, at placement: SequencePlacement, in lab: Lab, feed: EventFeed) throws {
        self.sequence = sequence
        self.placement = placement
        self.lab = lab
        self.feed = feed
        let deeds = sequence.deeds
        for deed in deeds.prefix(while: { $0.isInjection && $0.at == deeds[0].at }) {
            injectors[deed.step] = try placement.faults[deed.step].map { try FaultInjector($0, in: lab) }
        }
    }

    // MARK: Playing

    /// Carries out all steps; `onStep` is called before each with its description and instant.
    package func play(onStep: (String, Instant) -> Void) throws {
        start = Instant.now + Self.armTime
        for group in Self.groups(of: sequence.deeds) {
            let instant = start + group[0].at.duration
            onStep(group.map(text).joined(separator: ", "), instant)
            _ = try feed.wait(until: instant - Self.armTime) { false }
            // A restore at the same instant may start what the next fault takes away: its handles are opened after it.
            if group.allSatisfy(\.isInjection) { try group.forEach { _ = try arm($0) } }
            _ = try feed.wait(until: instant) { false }
            for deed in group { try carryOut(deed) }
        }
    }

    /// Groups the deeds of the same instant.
    private static func groups(of deeds: [FaultSequence.Deed]) -> [[FaultSequence.Deed]] {
        var groups: [[FaultSequence.Deed]] = []
        for deed in deeds {
            if let last = groups.last?.last, last.at == deed.at {
                groups[groups.count - 1].append(deed)
            } else {
                groups.append([deed])
            }
        }
        return groups
    }

    private func arm(_ deed: FaultSequence.Deed) throws -> FaultInjector? {
        guard let placement = placement.faults[deed.step] else { return nil }
        let injector = try injectors[deed.step] ?? FaultInjector(placement, in: lab)
        injectors[deed.step] = injector
        if injector.active == nil { try injector.arm() }
        return injector
    }

    private func text(_ deed: FaultSequence.Deed) -> String {
        switch deed.kind {
        case .inject(let request): "injecting \(request.name.rawValue)"
        case .takeBack: "taking a fault back"
        case .restore(let target): "taking back what is in place on \(target)"
        }
    }

    private func carryOut(_ deed: FaultSequence.Deed) throws {
        switch deed.kind {
        case .inject:
            guard let injector = try arm(deed) else { return }
            let stamps = try injector.inject(waitingIn: feed)
            record(stamps, planned: deed.at, text: injector.active?.text ?? "")
        case .takeBack:
            let own = injectors[deed.step]?.active?.number
            try takeBack(planned: deed.at) { $0.number == own }
        case .restore:
            let target = placement.restores[deed.step]
            try takeBack(planned: deed.at) { target == nil || $0.target == target }
        }
    }

    /// Finishes the faults in place: what is not timed, and would have disturbed the measurement.
    package func settle() throws {
        for injector in injectors.values where isInPlace(injector) { try injector.settle() }
    }

    private func isInPlace(_ injector: FaultInjector) -> Bool {
        lab.state.faults.contains { $0.number == injector.active?.number }
    }

    /// When a fault that should be in place was found gone; nil if all are.
    ///
    /// Asked just before they are taken back.
    package func findGone() throws -> Instant? {
        for injector in injectors.values where isInPlace(injector) {
            if try !injector.isInPlace() { return .now }
        }
        return nil
    }

    // MARK: Taking back

    /// Restores the faults still in place, the last one first.
    package func takeAllBack() throws {
        try takeBack(planned: nil) { _ in true }
    }

    private func takeBack(planned: Milliseconds?, where isMeant: (ActiveFault) -> Bool) throws {
        let meant = lab.state.faults.reversed().filter(isMeant)
        guard !meant.isEmpty else { return }
        try onTakingBack()
        for fault in meant {
            // Its own injector has its handles and sockets already: a fault that ends at an instant ends then.
            let own = injectors.values.first { $0.active?.number == fault.number }
            let injector = try own ?? FaultInjector(restoring: fault, in: lab)
            let deadline = Instant.now + TrialCourse.usualFailBackLimit + lab.layout.longestRouteDelay
            let stamps = try injector.restore(waitingIn: feed, deadline: deadline)
            record(stamps, planned: planned, text: "\(fault.name.rawValue) on \(fault.target) taken back")
        }
        try onTakenBack()
    }

    private func record(_ stamps: [TraceEvent], planned: Milliseconds?, text: String) {
        stamps.forEach(feed.add)
        guard let first = stamps.first, let last = stamps.last else { return }
        steps.append(
            PlayedStep(planned: planned, text: text, instants: EventInstants(before: first.at, after: last.at)))
    }
}

extension Lab {
    /// Carries out a sequence without a measurement; what it does not take back itself stays in place.
    package func play(_ sequence: FaultSequence, interruption: Interruption) throws -> [PlayedStep] {
        try state.requireNoFault()
        let feed = try EventFeed(interruption: interruption)
        let placement = try SequencePlacement(sequence, active: activeInstance(), in: layout)
        let player = try SequencePlayer(sequence, at: placement, in: self, feed: feed)
        try player.play { _, _ in }
        try player.settle()
        return player.steps
    }
}
