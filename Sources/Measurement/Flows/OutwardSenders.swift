// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An outward flow's two ends: what the active and the standby instance sent from the same floating IP, and received.
///
/// By the VPC's route table, the host's replies go to the active instance, whichever instance sent the probe. So the
/// direction works as long as the active instance receives the replies to its own probes.
package struct OutwardSenders: Hashable, Sendable, Codable {
    package struct Sender: Hashable, Sendable, Codable {
        package var instance: String
        /// Over the whole measurement.
        package var sentCount: Int
        /// How many of its probes were answered to itself, and how many to the other instance.
        package var answeredCount: Int
        package var heardByOtherCount: Int

        private enum CodingKeys: String, CodingKey {
            case instance
            case sentCount = "sent"
            case answeredCount = "answered"
            case heardByOtherCount = "heard_by_other"
        }
    }

    package var active: Sender
    package var standby: Sender?
    /// When the active instance last received a reply, to any probe, before the restore.
    package var activeLastReply: Instant?
    /// When the standby first received one after the fault.
    package var standbyFirstReply: Instant?

    private enum CodingKeys: String, CodingKey {
        case active, standby
        case activeLastReply = "active_last_reply_ns"
        case standbyFirstReply = "standby_first_reply_ns"
    }
}

extension OutwardSenders {
    /// The direction as one stream of probes: those of the instance that should have received the replies.
    struct Stream {
        var figures: OutwardSenders
        var probes: [Probe]
        var servingPeriods: [ServingPeriod]
    }

    /// Computes the direction from what both of its instances sent and received.
    static func stream(
        _ records: FlowRecords, span: FaultSpan, isAffected: Bool, listenedUntil: Instant?
    ) -> Stream {
        var end = span.end
        // A prober that ended with its instance is not started again: once that instance may serve again, its replies
        // go unseen.
        if span.includesRestore, records.ledger.summary == nil || records.standby.map({ $0.summary == nil }) ?? false {
            end = span.firstRestore?.before
        }
        func ownProbes(_ ledger: ProbeLedger, heardByOther: [FlowRecords.HeardReply]) -> [Probe] {
            let heardElsewhere = Set(heardByOther.map(\.sequence))
            var probes = ledger.probes(listenedUntil: listenedUntil).filter { probe in
                !heardElsewhere.contains(probe.sequence) && end.map { probe.sentAt < $0 } ?? true
            }
            if ledger.summary == nil {
                // A prober that ended with its instance may have lost the last replies: their probes are undecided.
                let last = probes.last(where: \.isAnswered)?.sentAt
                probes.removeAll { probe in !probe.isAnswered && last.map { probe.sentAt > $0 } ?? true }
            }
            return probes
        }
        let own = ownProbes(records.ledger, heardByOther: records.heardByStandby)
        let other = records.standby.map { ownProbes($0, heardByOther: records.heardByActive) } ?? []
        var probes = own
        if isAffected {
            probes = span.includesRestore ? turns(own, other) : takeover(from: own, to: other, fault: span.fault)
        }
        return Stream(
            figures: OutwardSenders(records, fault: span.fault, until: end), probes: probes,
            servingPeriods: (records.ledger.servingPeriods + (records.standby?.servingPeriods ?? []))
                .sorted { $0.firstReplyAt < $1.firstReplyAt })
    }

    /// The active instance's probes up to the last one answered to itself, then the standby's.
    ///
    /// A probe that is answered to the other instance shows that the direction is the other's, not that it is down. Nor
    /// does what a cut-off instance still sends once the standby receives replies. In between, a probe of either
    /// instance without any answer shows that the direction is down: the active instance's own until the standby's
    /// first reply, so that the rate stays that of one sender.
    private static func takeover(from own: [Probe], to other: [Probe], fault: EventInstants) -> [Probe] {
        let firstGood = other.first { $0.isAnswered && $0.sentAt >= fault.before }?.sentAt
        let lastGood = own.last { probe in
            probe.isAnswered && firstGood.map { probe.sentAt < $0 } ?? true
        }?.sentAt
        // A failing instance may still answer until it is gone.
        let inPlace = max(fault.after ?? fault.before, lastGood ?? .zero)
        let fromStandby = other.filter { probe in
            probe.sentAt > inPlace || firstGood.map { probe.sentAt >= $0 } ?? false
        }
        let takeover = fromStandby.first?.sentAt
        let fromActive = own.filter { probe in
            lastGood.map { probe.sentAt <= $0 } ?? false || takeover.map { probe.sentAt < $0 } ?? true
        }
        return numbered(fromActive + fromStandby)
    }

    /// Whatever either instance received, and in between what the last receiver then lost.
    ///
    /// Faults and their ends may move the direction several times. If the last receiver's prober has ended, the other's
    /// losses count.
    private static func turns(_ own: [Probe], _ other: [Probe]) -> [Probe] {
        let lastSent = [own.last?.sentAt ?? .zero, other.last?.sentAt ?? .zero]
        let all = (own.map { (sender: 0, probe: $0) } + other.map { (sender: 1, probe: $0) })
            .sorted { one, other in
                // What one hears at an instant decides that the direction is up then.
                (one.probe.sentAt, one.probe.isAnswered ? 0 : 1, one.sender)
                    < (other.probe.sentAt, other.probe.isAnswered ? 0 : 1, other.sender)
            }
        var heardLast = 0
        var probes: [Probe] = []
        for (sender, probe) in all {
            if probe.isAnswered { heardLast = sender }
            if sender == heardLast || probe.sentAt > lastSent[heardLast] { probes.append(probe) }
        }
        return numbered(probes)
    }

    /// In the order of their send instants; each of the two senders counts from 0.
    private static func numbered(_ probes: [Probe]) -> [Probe] {
        var probes = probes.sorted { ($0.sentAt, $0.sequence) < ($1.sentAt, $1.sequence) }
        for index in probes.indices { probes[index].sequence = UInt64(index) }
        return probes
    }

    private init(_ records: FlowRecords, fault: EventInstants, until end: Instant?) {
        let byActive = records.ledger.replyInstants + records.heardByActive.map(\.at)
        let byStandby = (records.standby?.replyInstants ?? []) + records.heardByStandby.map(\.at)
        self.init(
            active: Sender(
                instance: records.flow.active, sentCount: records.ledger.sentCount,
                answeredCount: records.ledger.replyInstants.count, heardByOtherCount: records.heardByStandby.count),
            standby: records.standby.map {
                Sender(
                    instance: records.flow.standby ?? "", sentCount: $0.sentCount,
                    answeredCount: $0.replyInstants.count, heardByOtherCount: records.heardByActive.count)
            },
            activeLastReply: byActive.filter { at in end.map { at < $0 } ?? true }.max(),
            standbyFirstReply: byStandby.filter { at in at >= fault.before && end.map { at < $0 } ?? true }.min())
    }
}
