// SPDX-License-Identifier: MIT-0
internal import LabHost
package import Measurement

/// One way in which a measurement can go wrong: how to make it happen, and what must be said of it.
///
/// Each is one file; `all` lists them.
package struct PlantedError: Sendable {
    /// For `--only` and JSON: "early-route".
    package var name: String
    /// For people: "a route changed by hand before anything was detected".
    package var words: String
    /// What is measured while it is planted.
    var fault: FaultName
    /// Further arguments of the measurement.
    var arguments: [String] = []
    /// Any of these doubts reports it; empty if the measurement itself has to fail.
    package var doubts: Set<Validity.Doubt>
    /// Whether the loss, in a fault that promises none, also reports it.
    var breaksPromise = false
    /// Called once the fault is about to be injected; see `PlantingGround.wait`.
    var plant: @Sendable (PlantingGround) throws -> Void

    package static let all: [PlantedError] = [
        lossBefore, lossDuring, lossAfter, lateReplies, earlyRoute, ghostReplies, secondResponder, load,
        stalledBFDSender,
        stalledProber, stalledWatcher, stalledRouteServer, healedFault, deadProber, deadWatcher,
    ]
}
