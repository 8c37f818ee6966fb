// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import NodeProtocol
import Testing

@Suite struct ActiveFaultTests {
    private let fault = ActiveFault(
        number: 3, name: .loss, target: FaultTarget(.instance, "a"), parameters: FaultParameters(lossShare: 0.2))

    @Test func `a fault is stored with everything that takes it back`() throws {
        #expect(try JSON.decode(ActiveFault.self, from: JSON.encode(fault)) == fault)
    }

    @Test func `a fault's description says where it is, and how strong`() {
        #expect(fault.text == "loss on a (20 % of all packets)")
        let plain = ActiveFault(
            number: 1, name: .kill, target: FaultTarget(.instance, "a"), parameters: FaultParameters())
        #expect(plain.text == "kill on a")
    }
}
