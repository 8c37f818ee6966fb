// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import Measurement
internal import NetlinkTopology

extension PlantedError {
    static let healedFault = PlantedError(
        name: "healed-fault", words: "the fault was undone by another process", fault: .blackhole,
        doubts: [.faultHealed, .activeAnswered]
    ) { ground in
        let cable = try ground.cable(of: ground.active)
        let subnet = try TopologySocket(in: try ground.lab.namespace(cable.near.namespace).namespace)
        // The longest detection is over by then, so the traffic has moved as it should.
        try ground.wait(untilFaultPlus: .milliseconds(150))
        try subnet.setForwarding(port: cable.near.index, true)
    }
}
