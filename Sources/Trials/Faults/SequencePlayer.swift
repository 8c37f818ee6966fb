// SPDX-License-Identifier: MIT-0
package import LabHost
internal import LabModel
internal import LinuxSystem
package import Measurement
package import WireFormat

/// Carries out a sequence of faults on a lab, each step at its instant.
package final class SequencePlayer {
    /// What the handles of a fault, and writing it into the state, may take before its instant.
    private static let armTime = Duration.milliseconds(50)
    /// How long a restore may wait for the programs that it starts.
    private static let restoreLimit = Duration.seconds(60)

    private let sequence: FaultSequence
    private let lab: Lab
    private let feed: EventFeed
    /// The instance that faults without a target fall on: the one that is active before the sequence.
    private let active: String
    /// The faults that were injected, by their steps.
    private var injectors: [Int: FaultInjector] = [:]
    /// What was done, as far as it has come.
    package private(set) var steps: [SequenceTrial.Step] = []
    /// Every stamp of every fault.
    package private(set) var events: [TraceEvent] = []

    /// Finds every target of the sequence before anything is done.
    ///
    /// - Throws: `LabError` where there is no such target, or a fault makes no sense on it.
    package init(_ sequence: FaultSequence, active: String, in lab: Lab, feed: EventFeed) throws {
        self.sequence = sequence
        self.active = active
        self.lab = lab
        self.feed = feed
        for step in sequence.steps {
            if let fault = step.fault { _ = try FaultPlacement(fault, active: active, in: lab.layout) }
            if let target = step.restore, target != FaultSequence.everything {
                _ = try FaultPlacement(FaultRequest(.soak, target: target), active: active, in: lab.layout)
            }
        }
    }

    /// Carries out all steps.
    ///
    /// - Returns: when it began.
    package func play(onStep: (String, Instant) -> Void) throws -> Instant {
        let start = Instant.now + Self.armTime
        for group in Self.groups(of: sequence.deeds) {
            let instant = start + group[0].at.duration
            onStep(group.map(text).joined(separator: ", "), instant)
            _ = try feed.wait(until: instant - Self.armTime) { false }
            // What is put back first may be what the next fault takes away: its handles are had when it is there.
            let isReady = group.allSatisfy(\.isInjection)
            if isReady { try group.forEach(arm) }
            _ = try feed.wait(until: instant) { false }
            for deed in group { try carryOut(deed) }
            for deed in group where deed.isInjection { try injectors[deed.step]?.settle() }
        }
        return start
    }

    /// Deeds of one instant belong together.
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

    private func arm(_ deed: FaultSequence.Deed) throws {
        guard case .inject(let request) = deed.kind, injectors[deed.step] == nil else { return }
        let injector = try FaultInjector(FaultPlacement(request, active: active, in: lab.layout), in: lab)
        try injector.arm()
        injectors[deed.step] = injector
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
            try arm(deed)
            guard let injector = injectors[deed.step] else { return }
            let stamps = try injector.inject(waitingIn: feed)
            record(stamps, planned: deed.at, text: injector.active?.text ?? "")
        case .takeBack:
            guard let fault = injectors[deed.step]?.active,
                lab.state.faults.contains(where: { $0.number == fault.number })
            else { return }
            try takeBack(fault, planned: deed.at)
        case .restore(let target):
            try takeBack(planned: deed.at) { fault in
                target == FaultSequence.everything || fault.target == placementTarget(target)
            }
        }
    }

    private func placementTarget(_ text: String) -> FaultTarget? {
        // That it is there was seen to beforehand.
        try? FaultPlacement(FaultRequest(.soak, target: text), active: active, in: lab.layout).target
    }

    /// Takes what is still in place back, the last fault first.
    package func takeAllBack(planned: Milliseconds) throws {
        try takeBack(planned: planned) { _ in true }
    }

    private func takeBack(planned: Milliseconds, where isMeant: (ActiveFault) -> Bool) throws {
        for fault in lab.state.faults.reversed() where isMeant(fault) { try takeBack(fault, planned: planned) }
    }

    private func takeBack(_ fault: ActiveFault, planned: Milliseconds) throws {
        let injector = try FaultInjector(restoring: fault, in: lab)
        let stamps = try injector.restore(waitingIn: feed, deadline: .now + Self.restoreLimit + lab.longestRouteDelay)
        record(stamps, planned: planned, text: "\(fault.name.rawValue) on \(fault.target) taken back")
    }

    private func record(_ stamps: [TraceEvent], planned: Milliseconds, text: String) {
        events += stamps
        guard let first = stamps.first, let last = stamps.last else { return }
        steps.append(
            SequenceTrial.Step(
                planned: planned, text: text, instants: EventInstants(before: first.at, after: last.at)))
    }
}
