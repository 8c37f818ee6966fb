// SPDX-License-Identifier: MIT-0
package import Measurement
package import VPC

/// What later commands must know about a lab, stored as `state.json` in its run directory.
package struct LabState: Codable, Sendable {
    package var schema = 1
    package var name: String
    /// The rslab version that created it.
    package var version: String
    package var request: LabRequest
    package var model: VPCModel
    package var options: LabOptions
    package var speakers: [InstanceSpeaker]
    package var initProcess: ProcessIdentity
    /// False until the lab has been ready once.
    package var isReady: Bool
    /// The faults in place, in order of injection, each written before it is injected.
    package var faults: [ActiveFault] = []

    /// What the speakers announce for a run in addition to the template, written before they do.
    package var block: PrefixBlock?

    /// Endpoints deleted while the lab ran, by logical id; the model still has them, since their links have numbers.
    package var deletedEndpoints: Set<String> = []
    /// The number of peers created while the lab ran, so that no two have the same id even if one is deleted.
    package var createdPeerCount = 0
    /// The number of endpoints created while the lab ran, for the same reason.
    package var createdEndpointCount = 0

    package init(
        name: String, version: String, request: LabRequest, model: VPCModel, options: LabOptions,
        speakers: [InstanceSpeaker], initProcess: ProcessIdentity, isReady: Bool
    ) {
        self.name = name
        self.version = version
        self.request = request
        self.model = model
        self.options = options
        self.speakers = speakers
        self.initProcess = initProcess
        self.isReady = isReady
    }

    /// The template's name for people: a path, or "built-in template".
    package var source: String { request.source }

    /// Whether a fault in place ended programs of a node, or is about to.
    package func endsPrograms(of node: String) -> Bool {
        faults.contains { $0.target.name == node && $0.name.description.undo.startsPrograms }
    }

    /// Whether a fault in place has stopped an instance's init, which then does not answer.
    package func stopsInit(of instance: String) -> Bool {
        faults.contains { $0.target.name == instance && $0.name.description.undo == .continueInstance }
    }

    /// - Throws: `LabError` naming the fault that is in place.
    package func requireNoFault() throws(LabError) {
        guard let present = faults.last else { return }
        let others = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
        throw LabError(
            "a fault is already in place: \(present.name.rawValue) on \(present.target)\(others)",
            advice: "undo it with 'rslab restore'")
    }
}
