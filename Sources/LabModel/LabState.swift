// SPDX-License-Identifier: MIT-0
package import Measurement
package import VPC

/// What later commands need to know of a lab, kept as `state.json` in its run directory.
package struct LabState: Codable, Sendable {
    package var schema = 1
    package var name: String
    /// The version of rslab that made it.
    package var version: String
    /// What it was made from, for people: a path, or "built-in template".
    package var source: String
    package var model: VPCModel
    package var options: LabOptions
    package var speakers: [InstanceSpeaker]
    package var initProcess: ProcessIdentity
    /// False until the lab was ready once.
    package var isReady: Bool
    /// The faults that are in place, in the order of injection, each written before it is injected.
    package var faults: [ActiveFault] {
        get { activeFaults ?? formerFault.map { [$0] } ?? [] }
        set {
            activeFaults = newValue
            formerFault = nil
        }
    }
    private var activeFaults: [ActiveFault]?
    /// What was written when there was one fault at a time.
    private var formerFault: ActiveFault?

    /// What the speakers announce for a run beside what the template says, written before they do.
    package var block: PrefixBlock?

    /// Endpoints that were deleted while the lab ran, by logical id; the model still has them, as their links have numbers.
    package var deletedEndpoints: Set<String> {
        get { endpointsDeleted ?? [] }
        set { endpointsDeleted = newValue }
    }
    private var endpointsDeleted: Set<String>?
    /// How many peers were created while the lab ran: no two have the same id, even where one is deleted.
    package var createdPeerCount: Int {
        get { peersCreated ?? 0 }
        set { peersCreated = newValue }
    }
    private var peersCreated: Int?
    /// The same of endpoints.
    package var createdEndpointCount: Int {
        get { endpointsCreated ?? 0 }
        set { endpointsCreated = newValue }
    }
    private var endpointsCreated: Int?

    private enum CodingKeys: String, CodingKey {
        case schema, name, version, source, model, options, speakers, initProcess, isReady, block
        case activeFaults = "faults"
        case formerFault = "fault"
        case endpointsDeleted = "deletedEndpoints"
        case peersCreated = "createdPeerCount"
        case endpointsCreated = "createdEndpointCount"
    }

    package init(
        name: String, version: String, source: String, model: VPCModel, options: LabOptions,
        speakers: [InstanceSpeaker], initProcess: ProcessIdentity, isReady: Bool
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.model = model
        self.options = options
        self.speakers = speakers
        self.initProcess = initProcess
        self.isReady = isReady
    }
}
