// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What an application's client reports: one record for each event of a request or a connection.
///
/// The records go through a pipe, as `ProbeRecord`s do. Requests are numbered from 0 in each protocol, connections from
/// 1. All instants are the client's own, read just before it asked the kernel to send and just after the kernel
/// delivered what was received: what an application sees.
package enum ApplicationRecord: Hashable, Sendable {
    /// A request was about to be sent; over UDP the connection is 0.
    case asked(ApplicationProtocol, sequence: UInt64, connection: UInt32, at: Instant)
    /// A request was due, and there was no connection to send it on, or no room in its buffer.
    case unsent(ApplicationProtocol, sequence: UInt64, at: Instant)
    case replied(ApplicationProtocol, sequence: UInt64, responder: UInt16, at: Instant)
    /// The network reported an error for the UDP flow: an errno.
    case refused(code: UInt16, at: Instant)
    case connecting(connection: UInt32, at: Instant)
    case connected(connection: UInt32, at: Instant)
    /// A connection, or an attempt at one, ended: 0 for a FIN, otherwise an errno.
    case ended(connection: UInt32, code: UInt16, at: Instant)
    /// The last segment of a connection arrived, a FIN or a RST, with an IP time to live that identifies its sender.
    case closing(isReset: Bool, timeToLive: UInt8, at: Instant)
    /// The kernel's report about a connection (TCP_INFO) while it waited for a reply, or at its end.
    case transmission(connection: UInt32, TransmissionState, at: Instant)
    /// The client has finished.
    case end(ApplicationClientSummary)

    /// The length of every record, whatever its kind.
    package static let byteCount = 32

    private enum Kind: UInt8 {
        case asked = 1
        case unsent, replied, refused, connecting, connected, ended, closing, transmission, end
    }

    /// Appends the record's 32 octets.
    ///
    /// They are the kind (1), the protocol (1), a code (2), the connection (4), the sequence number (8), the instant
    /// (8) and data of the kind (8), in network byte order, times in nanoseconds.
    package func encode(into writer: inout ByteWriter) {
        var fields = Fields()
        switch self {
        case .asked(let flow, let sequence, let connection, let instant):
            fields = Fields(.asked, flow, connection: connection, number: sequence, at: instant)
        case .unsent(let flow, let sequence, let instant):
            fields = Fields(.unsent, flow, number: sequence, at: instant)
        case .replied(let flow, let sequence, let responder, let instant):
            fields = Fields(.replied, flow, code: responder, number: sequence, at: instant)
        case .refused(let code, let instant):
            fields = Fields(.refused, .udp, code: code, at: instant)
        case .connecting(let connection, let instant):
            fields = Fields(.connecting, .tcp, connection: connection, at: instant)
        case .connected(let connection, let instant):
            fields = Fields(.connected, .tcp, connection: connection, at: instant)
        case .ended(let connection, let code, let instant):
            fields = Fields(.ended, .tcp, code: code, connection: connection, at: instant)
        case .closing(let isReset, let timeToLive, let instant):
            fields = Fields(.closing, .tcp, code: (isReset ? 0x100 : 0) | UInt16(timeToLive), at: instant)
        case .transmission(let connection, let state, let instant):
            fields = Fields(
                .transmission, .tcp, code: state.consecutiveTimeouts, connection: connection,
                number: UInt64(state.retransmissions) << 32 | UInt64(state.sinceLastSendMilliseconds), at: instant,
                extra: UInt64(bitPattern: state.retransmissionTimeout.nanoseconds))
        case .end(let summary):
            fields = Fields(
                .end, .tcp, code: UInt16(summary.flags), connection: summary.lateCount, number: summary.requestCount,
                extra: UInt64(bitPattern: summary.maximumLateness.nanoseconds))
        }
        fields.encode(into: &writer)
    }

    /// Reads the next 32 octets.
    ///
    /// - Throws: `truncated`, `unknownRecordKind`, `reservedOctetsSet`.
    package init(decoding reader: inout ByteReader) throws(ProbeCodecError) {
        guard reader.remainingByteCount >= Self.byteCount else {
            throw .truncated(neededByteCount: Self.byteCount, availableByteCount: reader.remainingByteCount)
        }
        let fields: Fields
        do {
            fields = try Fields(reading: &reader)
        } catch {
            throw ProbeCodecError(error)
        }
        guard let kind = Kind(rawValue: fields.kind) else { throw .unknownRecordKind(fields.kind) }
        guard fields.isUDP <= 1 else { throw .reservedOctetsSet(kind: fields.kind) }
        self = Self(fields, kind)
        var again = ByteWriter(capacity: Self.byteCount)
        encode(into: &again)
        var used = ByteWriter(capacity: Self.byteCount)
        fields.encode(into: &used)
        guard again.bytes == used.bytes else { throw .reservedOctetsSet(kind: fields.kind) }
    }

    private init(_ fields: Fields, _ kind: Kind) {
        let flow: ApplicationProtocol = fields.isUDP == 1 ? .udp : .tcp
        let instant = fields.instant
        self =
            switch kind {
            case .asked: .asked(flow, sequence: fields.number, connection: fields.connection, at: instant)
            case .unsent: .unsent(flow, sequence: fields.number, at: instant)
            case .replied: .replied(flow, sequence: fields.number, responder: fields.code, at: instant)
            case .refused: .refused(code: fields.code, at: instant)
            case .connecting: .connecting(connection: fields.connection, at: instant)
            case .connected: .connected(connection: fields.connection, at: instant)
            case .ended: .ended(connection: fields.connection, code: fields.code, at: instant)
            case .closing:
                .closing(
                    isReset: fields.code & 0x100 != 0, timeToLive: UInt8(truncatingIfNeeded: fields.code), at: instant)
            case .transmission:
                .transmission(
                    connection: fields.connection,
                    TransmissionState(
                        retransmissionTimeout: Milliseconds(nanoseconds: Int64(bitPattern: fields.extra)),
                        consecutiveTimeouts: fields.code, retransmissions: UInt32(fields.number >> 32),
                        sinceLastSendMilliseconds: UInt32(truncatingIfNeeded: fields.number)), at: instant)
            case .end:
                .end(
                    ApplicationClientSummary(
                        requestCount: fields.number, lateCount: fields.connection,
                        maximumLateness: Milliseconds(nanoseconds: Int64(bitPattern: fields.extra)),
                        flags: UInt8(truncatingIfNeeded: fields.code)))
            }
    }

    /// The fields of the 32 octets, before they are interpreted.
    private struct Fields {
        var kind: UInt8 = 0
        var isUDP: UInt8 = 0
        var code: UInt16 = 0
        var connection: UInt32 = 0
        var number: UInt64 = 0
        var instant = Instant.zero
        var extra: UInt64 = 0

        init() {}

        init(
            _ kind: Kind, _ flow: ApplicationProtocol, code: UInt16 = 0, connection: UInt32 = 0, number: UInt64 = 0,
            at instant: Instant = .zero, extra: UInt64 = 0
        ) {
            self.kind = kind.rawValue
            isUDP = flow == .udp ? 1 : 0
            self.code = code
            self.connection = connection
            self.number = number
            self.instant = instant
            self.extra = extra
        }

        init(reading reader: inout ByteReader) throws(TruncatedError) {
            kind = try reader.readUInt8()
            isUDP = try reader.readUInt8()
            code = try reader.readUInt16()
            connection = try reader.readUInt32()
            number = try reader.readUInt64()
            instant = Instant(nanoseconds: Int64(bitPattern: try reader.readUInt64()))
            extra = try reader.readUInt64()
        }

        func encode(into writer: inout ByteWriter) {
            writer.write(kind)
            writer.write(isUDP)
            writer.write(code)
            writer.write(connection)
            writer.write(number)
            writer.write(UInt64(bitPattern: instant.nanoseconds))
            writer.write(extra)
        }
    }
}
