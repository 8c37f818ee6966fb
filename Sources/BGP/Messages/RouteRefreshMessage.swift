// SPDX-License-Identifier: MIT-0
import WireFormat

/// A ROUTE-REFRESH (RFC 2918 section 3).
package struct RouteRefreshMessage: Hashable, Sendable, Codable {
    package var protocols: AFISAFI
    /// 0 in RFC 2918; RFC 7313 defines 1 and 2, which this speaker does not announce.
    package var subtype: UInt8

    package init(protocols: AFISAFI, subtype: UInt8 = 0) {
        self.protocols = protocols
        self.subtype = subtype
    }

    /// Decodes a message body.
    package init(decodingBody body: RawSpan) throws(NotificationMessage) {
        var reader = ByteReader(body)
        do throws(TruncatedError) {
            let afi = try reader.readUInt16()
            subtype = try reader.readUInt8()
            protocols = AFISAFI(afi: afi, safi: try reader.readUInt8())
        } catch {
            throw .badLength(bodyOctetCount: body.byteCount)
        }
        guard reader.isAtEnd else { throw .badLength(bodyOctetCount: body.byteCount) }
    }

    /// The whole message.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: MessageHeader.octetCount + 4)
        let start = MessageHeader.begin(.routeRefresh, into: &writer)
        writer.write(protocols.afi)
        writer.write(subtype)
        writer.write(protocols.safi)
        MessageHeader.finish(at: start, in: &writer)
        return writer.bytes
    }
}
