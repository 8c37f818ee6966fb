// SPDX-License-Identifier: MIT-0
import WireFormat

extension Capability {
    /// Reads code, length and value (RFC 5492 section 4).
    ///
    /// Throws `TruncatedError` if a known capability's value has a wrong length: the OPEN is malformed.
    init(_ reader: inout ByteReader) throws(TruncatedError) {
        let code = try reader.readUInt8()
        var value = try reader.readSubreader(Int(try reader.readUInt8()))
        let length = value.remainingByteCount
        switch code {
        case 1:
            try Self.require(length, 4)
            let afi = try value.readUInt16()
            try value.skip(1)
            self = .multiprotocol(AFISAFI(afi: afi, safi: try value.readUInt8()))
        case 2 where length == 0:
            self = .routeRefresh
        case 64 where length >= 2 && (length - 2).isMultiple(of: 4):
            self = .gracefulRestart(try GracefulRestart(&value))
        case 65:
            try Self.require(length, 4)
            self = .fourOctetASN(ASN(try value.readUInt32()))
        default:
            self = .unknown(code: code, value: value.readRemaining())
        }
    }

    private static func require(_ length: Int, _ expected: Int) throws(TruncatedError) {
        guard length == expected else {
            throw TruncatedError(neededByteCount: expected, availableByteCount: length)
        }
    }

    /// Code, length and value; whatever exceeds one octet of length is cut.
    var encoded: [UInt8] {
        var value = ByteWriter()
        switch self {
        case .multiprotocol(let protocols):
            value.write(protocols.afi)
            value.write(UInt8(0))
            value.write(protocols.safi)
        case .routeRefresh: break
        case .gracefulRestart(let restart): restart.encode(into: &value)
        case .fourOctetASN(let number): value.write(number.value)
        case .unknown(_, let octets): value.write(contentsOf: octets)
        }
        let octets = value.bytes.prefix(255)
        return [code, UInt8(octets.count)] + octets
    }
}

extension GracefulRestart {
    private static let restartStateBit: UInt16 = 0x8000
    private static let notificationBit: UInt16 = 0x4000
    private static let forwardingStateBit: UInt8 = 0x80

    init(_ reader: inout ByteReader) throws(TruncatedError) {
        let word = try reader.readUInt16()
        isRestarting = word & Self.restartStateBit != 0
        survivesNotification = word & Self.notificationBit != 0
        restartTimeSeconds = word & 0x0FFF
        families = []
        while !reader.isAtEnd {
            let protocols = AFISAFI(afi: try reader.readUInt16(), safi: try reader.readUInt8())
            let flags = try reader.readUInt8()
            families.append(
                Family(protocols: protocols, isForwardingPreserved: flags & Self.forwardingStateBit != 0))
        }
    }

    func encode(into writer: inout ByteWriter) {
        var word = restartTimeSeconds & 0x0FFF
        if isRestarting { word |= Self.restartStateBit }
        if survivesNotification { word |= Self.notificationBit }
        writer.write(word)
        for family in families {
            writer.write(family.protocols.afi)
            writer.write(family.protocols.safi)
            writer.write(family.isForwardingPreserved ? Self.forwardingStateBit : 0)
        }
    }
}
