// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The stamps of a fault, step by step.
struct StepRecorder {
    private let instance: String?
    private(set) var events: [TraceEvent] = []

    init(_ placement: FaultPlacement) {
        instance = placement.instance
    }

    mutating func add(_ kind: TraceEvent.Kind, _ detail: String) {
        events.append(TraceEvent(at: .now, node: "rslab", kind: kind, instance: instance, detail: .message(detail)))
    }

    mutating func note(_ text: String) { add(.faultStep, text) }
}
