// SPDX-License-Identifier: MIT-0
import Causes
package import WireFormat

extension ControlPacket {
    /// The only version (RFC 5880 section 4.1).
    static let version: UInt8 = 1
    /// The length of the Mandatory Section.
    package static let mandatoryOctetCount = 24
    /// The smallest Length with the A bit (RFC 5880 section 6.8.6).
    private static let minimumAuthenticatedOctetCount = 26

    /// The bits of the second octet, below State.
    private enum Flag {
        static let poll: UInt8 = 0x20
        static let final: UInt8 = 0x10
        static let controlPlaneIndependent: UInt8 = 0x08
        static let authenticationPresent: UInt8 = 0x04
        static let demand: UInt8 = 0x02
        static let multipoint: UInt8 = 0x01
    }

    /// The Length field.
    package var encodedOctetCount: Int {
        Self.mandatoryOctetCount + (authentication?.encodedOctetCount ?? 0)
    }

    /// Why any session would discard this packet; nil if none would.
    ///
    /// A decoded packet has already passed these checks.
    package var receptionError: ControlPacketError? {
        if detectMult == 0 { return .zeroDetectMult }
        if yourDiscriminator == nil, state != .down, state != .adminDown { return .zeroYourDiscriminator(state) }
        return nil
    }

    /// Decodes the payload of a datagram, with the checks of RFC 5880 section 6.8.6 in their order.
    ///
    /// Octets beyond the Length field are ignored.
    package init(decoding payload: RawSpan) throws(ControlPacketError) {
        let fields = try MandatorySection(decoding: payload)
        guard let state = SessionState(rawValue: fields.flags >> 6) else {
            preconditionFailure("two bits have four values, and each is a state")
        }
        guard let myDiscriminator = Discriminator(fields.myDiscriminator) else { throw .zeroMyDiscriminator }
        self.init(
            diagnostic: Diagnostic(code: fields.versionAndDiagnostic), state: state,
            isPoll: fields.flags & Flag.poll != 0, isFinal: fields.flags & Flag.final != 0,
            isControlPlaneIndependent: fields.flags & Flag.controlPlaneIndependent != 0,
            isDemand: fields.flags & Flag.demand != 0, detectMult: fields.detectMult,
            myDiscriminator: myDiscriminator, yourDiscriminator: Discriminator(fields.yourDiscriminator),
            desiredMinTxInterval: Microseconds(fields.desiredMinTxInterval),
            requiredMinRxInterval: Microseconds(fields.requiredMinRxInterval),
            requiredMinEchoRxInterval: Microseconds(fields.requiredMinEchoRxInterval))
        if let error = receptionError { throw error }
        if fields.flags & Flag.authenticationPresent != 0 {
            let section = Self.mandatoryOctetCount..<Int(fields.length)
            var reader = ByteReader(payload.extracting(section))
            authentication = try AuthenticationSection(decoding: &reader)
        }
    }

    /// Appends the packet, as many octets as its Length field says.
    package func encode(into writer: inout ByteWriter) {
        var flags = state.rawValue << 6
        if isPoll { flags |= Flag.poll }
        if isFinal { flags |= Flag.final }
        if isControlPlaneIndependent { flags |= Flag.controlPlaneIndependent }
        if authentication != nil { flags |= Flag.authenticationPresent }
        if isDemand { flags |= Flag.demand }
        writer.write(Self.version << 5 | diagnostic.code)
        writer.write(flags)
        writer.write(detectMult)
        writer.write(UInt8(clamping: encodedOctetCount))
        writer.write(myDiscriminator.value)
        writer.write(yourDiscriminator?.value ?? 0)
        writer.write(desiredMinTxInterval.value)
        writer.write(requiredMinRxInterval.value)
        writer.write(requiredMinEchoRxInterval.value)
        authentication?.encode(into: &writer)
    }

    /// The fields of the Mandatory Section as on the wire.
    private struct MandatorySection {
        let versionAndDiagnostic: UInt8
        let flags: UInt8
        let detectMult: UInt8
        let length: UInt8
        let myDiscriminator: UInt32
        let yourDiscriminator: UInt32
        let desiredMinTxInterval: UInt32
        let requiredMinRxInterval: UInt32
        let requiredMinEchoRxInterval: UInt32

        /// Reads the fields once the header shows that they are there: the checks up to the Multipoint bit.
        init(decoding payload: RawSpan) throws(ControlPacketError) {
            var reader = ByteReader(payload)
            do throws(TruncatedError) {
                versionAndDiagnostic = try reader.readUInt8()
                flags = try reader.readUInt8()
                detectMult = try reader.readUInt8()
                length = try reader.readUInt8()
            } catch {
                throw .truncated(error)
            }
            try Self.check(
                version: versionAndDiagnostic >> 5, flags: flags, detectMult: detectMult, length: length,
                payload: payload.byteCount)
            do throws(TruncatedError) {
                myDiscriminator = try reader.readUInt32()
                yourDiscriminator = try reader.readUInt32()
                desiredMinTxInterval = try reader.readUInt32()
                requiredMinRxInterval = try reader.readUInt32()
                requiredMinEchoRxInterval = try reader.readUInt32()
            } catch {
                throw .truncated(error)
            }
        }

        private static func check(
            version: UInt8, flags: UInt8, detectMult: UInt8, length: UInt8, payload: Int
        ) throws(ControlPacketError) {
            guard version == ControlPacket.version else { throw .badVersion(version) }
            let isAuthenticated = flags & Flag.authenticationPresent != 0
            let minimum = isAuthenticated ? minimumAuthenticatedOctetCount : mandatoryOctetCount
            guard Int(length) >= minimum else { throw .lengthTooSmall(length) }
            guard Int(length) <= payload else { throw .lengthBeyondPayload(length, payload: payload) }
            guard detectMult != 0 else { throw .zeroDetectMult }
            guard flags & Flag.multipoint == 0 else { throw .multipointBitSet }
        }
    }
}
