// SPDX-License-Identifier: MIT-0
package import VPC

/// Similar packets that an interface's rules dropped.
package struct InterfaceDrop: Hashable, Sendable {
    package var refusal: InterfaceRefusal
    package var packets: UInt64

    package init(refusal: InterfaceRefusal, packets: UInt64) {
        self.refusal = refusal
        self.packets = packets
    }

    package var text: String {
        switch packets {
        case 0: "\(refusal) (nothing dropped yet)"
        case 1: "\(refusal) (1 packet dropped)"
        default: "\(refusal) (\(packets) packets dropped)"
        }
    }
}
