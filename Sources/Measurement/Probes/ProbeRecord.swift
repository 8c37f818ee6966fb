// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What the prober reports: one record for each event of a probe, and one at the end.
///
/// The records go through a pipe from the prober to the process that keeps the `ProbeLedger`s; their order does not
/// matter. Sequence numbers have 64 bits and count a stream's probes from 0; ICMP's
/// own 16-bit field is not used here.
package enum ProbeRecord: Hashable, Sendable {
    /// The prober was about to make the system call that sent the probe.
    case sent(stream: ProbeStream = 0, sequence: UInt64, at: Instant)
    /// The kernel handed the probe to the device (its transmit stamp).
    case transmitted(stream: ProbeStream = 0, sequence: UInt64, at: Instant)
    /// The kernel received the echo reply (its receive stamp).
    case received(stream: ProbeStream = 0, sequence: UInt64, at: Instant, timeToLive: UInt8)
    /// An ICMP error arrived that quotes the probe.
    case unreachable(stream: ProbeStream = 0, sequence: UInt64, at: Instant, type: UInt8, code: UInt8)
    /// Just before the end: slots of the schedule that a late prober skipped, and by how much its conversion of the kernel's
    /// stamps may have been wrong.
    case account(skippedCount: UInt64, clockPairWidth: Milliseconds)
    /// The prober has finished.
    case end(ProberSummary)

    /// The stream of the record's probe; nil for the last two, which concern the whole prober.
    package var stream: ProbeStream? {
        switch self {
        case .sent(let stream, _, _), .transmitted(let stream, _, _), .received(let stream, _, _, _),
            .unreachable(let stream, _, _, _, _):
            stream
        case .account, .end: nil
        }
    }

    /// The length of every record, whatever its kind.
    ///
    /// A write of up to PIPE_BUF (4,096) octets to a pipe, which is 128 records, is atomic.
    package static let byteCount = 32

    private enum Kind: UInt8 {
        case sent = 1
        case transmitted, received, unreachable, end, account
    }

    /// Appends the record's 32 octets.
    ///
    /// Octet 0 is the kind; 1 and 2 are TTL, or type and code, or flags; 4...7 the stream's number (at the end: a count);
    /// 8...15 the sequence number (at the end: probes sent); 16...23 the instant (at the end: greatest lateness);
    /// 24...31 the lateness at the 99th percentile. The account has skipped slots at 8 and the clock pair's half width at 16. All numbers are in network byte order, times in nanoseconds.
    package func encode(into writer: inout ByteWriter) {
        switch self {
        case .sent(let stream, let sequence, let instant):
            Self.encode(.sent, stream: stream, sequence: sequence, at: instant, into: &writer)
        case .transmitted(let stream, let sequence, let instant):
            Self.encode(.transmitted, stream: stream, sequence: sequence, at: instant, into: &writer)
        case .received(let stream, let sequence, let instant, let timeToLive):
            Self.encode(.received, timeToLive, stream: stream, sequence: sequence, at: instant, into: &writer)
        case .unreachable(let stream, let sequence, let instant, let type, let code):
            Self.encode(.unreachable, type, code, stream: stream, sequence: sequence, at: instant, into: &writer)
        case .account(let skippedCount, let clockPairWidth):
            Self.encode(
                .account, stream: 0, sequence: skippedCount, at: Instant(nanoseconds: clockPairWidth.nanoseconds),
                into: &writer)
        case .end(let summary):
            writer.write(Kind.end.rawValue)
            writer.write(summary.flags)
            writer.write(UInt16(0))
            writer.write(summary.lateCount)
            writer.write(summary.sentCount)
            writer.write(UInt64(bitPattern: summary.maximumLateness.nanoseconds))
            writer.write(UInt64(bitPattern: summary.percentile99Lateness.nanoseconds))
        }
    }

    private static func encode(
        _ kind: Kind, _ first: UInt8 = 0, _ second: UInt8 = 0, stream: ProbeStream, sequence: UInt64,
        at instant: Instant, into writer: inout ByteWriter
    ) {
        writer.write(kind.rawValue)
        writer.write(first)
        writer.write(second)
        writer.write(UInt8(0))
        writer.write(UInt32(stream.rawValue))
        writer.write(sequence)
        writer.write(UInt64(bitPattern: instant.nanoseconds))
        writer.write(UInt64(0))
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
        let instant = Instant(nanoseconds: fields.third)
        let stream = ProbeStream(rawValue: UInt16(truncatingIfNeeded: fields.count))
        let isTidy: Bool
        switch kind {
        case .sent:
            self = .sent(stream: stream, sequence: fields.second, at: instant)
            isTidy = fields.first == 0 && fields.code == 0
        case .transmitted:
            self = .transmitted(stream: stream, sequence: fields.second, at: instant)
            isTidy = fields.first == 0 && fields.code == 0
        case .received:
            self = .received(stream: stream, sequence: fields.second, at: instant, timeToLive: fields.first)
            isTidy = fields.code == 0
        case .unreachable:
            self = .unreachable(
                stream: stream, sequence: fields.second, at: instant, type: fields.first, code: fields.code)
            isTidy = true
        case .account:
            self = .account(
                skippedCount: fields.second, clockPairWidth: Milliseconds(nanoseconds: fields.third))
            isTidy = fields.first == 0 && fields.code == 0 && fields.count == 0
        case .end:
            self = .end(
                ProberSummary(
                    sentCount: fields.second, lateCount: fields.count,
                    maximumLateness: Milliseconds(nanoseconds: fields.third),
                    percentile99Lateness: Milliseconds(nanoseconds: fields.fourth),
                    hadRealTimePriority: fields.first & ProberSummary.realTimeFlag != 0,
                    hadLockedMemory: fields.first & ProberSummary.lockedMemoryFlag != 0))
            isTidy = fields.first & ~ProberSummary.knownFlags == 0 && fields.code == 0
        }
        let isEnd = kind == .end
        guard isTidy, fields.reserved == 0, isEnd || (fields.count <= UInt16.max && fields.fourth == 0) else {
            throw .reservedOctetsSet(kind: fields.kind)
        }
    }

    /// The fields of the 32 octets, before they are interpreted.
    private struct Fields {
        var kind: UInt8
        var first: UInt8
        var code: UInt8
        var reserved: UInt8
        var count: UInt32
        var second: UInt64
        var third: Int64
        var fourth: Int64

        init(reading reader: inout ByteReader) throws(TruncatedError) {
            kind = try reader.readUInt8()
            first = try reader.readUInt8()
            code = try reader.readUInt8()
            reserved = try reader.readUInt8()
            count = try reader.readUInt32()
            second = try reader.readUInt64()
            third = Int64(bitPattern: try reader.readUInt64())
            fourth = Int64(bitPattern: try reader.readUInt64())
        }
    }
}
