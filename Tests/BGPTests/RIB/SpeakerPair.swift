// SPDX-License-Identifier: MIT-0
import BGP
import Testing
import WireFormat

/// Two speakers that exchange UPDATEs as values; messages for other neighbours are set aside.
struct SpeakerPair {
    static let link = NeighborID(0)
    static let leftAddress = address("10.0.1.203")
    static let rightAddress = address("10.0.1.230")

    var left: Speaker
    var right: Speaker
    var now = Instant.zero
    /// The messages sent from left to right, and from right to left.
    var toRight: [UpdateMessage] = []
    var toLeft: [UpdateMessage] = []
    /// What the right speaker sent to neighbours other than the left one.
    var onward: [UpdateMessage] = []

    init(leftASN: UInt32 = 65001, rightASN: UInt32 = 65000) {
        left = Speaker(asn: ASN(leftASN), routerID: v4("10.0.1.203"))
        right = Speaker(asn: ASN(rightASN), routerID: v4("10.0.1.230"))
        left.addNeighbor(SpeakerPair.link, asn: ASN(rightASN), address: SpeakerPair.rightAddress)
        right.addNeighbor(SpeakerPair.link, asn: ASN(leftASN), address: SpeakerPair.leftAddress)
    }

    mutating func establish(families: [AddressFamily] = [.ipv4]) {
        left.sessionEstablished(
            SpeakerPair.link, localAddress: SpeakerPair.leftAddress, families: families, peerRouterID: right.routerID,
            at: now)
        right.sessionEstablished(
            SpeakerPair.link, localAddress: SpeakerPair.rightAddress, families: families, peerRouterID: left.routerID,
            at: now)
        exchange()
    }

    mutating func end() {
        left.sessionEnded(SpeakerPair.link, at: now)
        right.sessionEnded(SpeakerPair.link, at: now)
        exchange()
    }

    /// Delivers messages until neither has any more.
    mutating func exchange() {
        var isQuiet = false
        while !isQuiet {
            isQuiet = !left.hasMore && !right.hasMore
            left.resume()
            right.resume()
            while case .send(_, let update)? = left.nextOutput() {
                toRight.append(update)
                right.received(update, from: SpeakerPair.link, at: now)
                isQuiet = false
            }
            while case .send(let neighbor, let update)? = right.nextOutput() {
                isQuiet = false
                guard neighbor == SpeakerPair.link else {
                    onward.append(update)
                    continue
                }
                toLeft.append(update)
                left.received(update, from: SpeakerPair.link, at: now)
            }
        }
    }

    mutating func forget() {
        toRight = []
        toLeft = []
        onward = []
    }

    var rightRIB: [RIBRow] { right.globalRIB(.ipv4, at: now) }
}
