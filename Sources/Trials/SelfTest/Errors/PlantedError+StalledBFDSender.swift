// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import Measurement

extension PlantedError {
    /// The speaker stops before the fault: the detection timer runs from an older packet than the report would think.
    static let stalledBFDSender = PlantedError(
        name: "stalled-bfd-sender", words: "the failing instance's BFD was silent before the fault", fault: .blackhole,
        doubts: [.peerLate]
    ) { ground in
        let speaker = try ground.speaker(of: ground.active)
        try ground.stop(speaker.handle, for: .milliseconds(70))
    }
}
