// SPDX-License-Identifier: MIT-0
internal import BGP
internal import WireFormat

/// A route in the `--json` of `rib`.
struct RouteOutput: Encodable {
    var prefix: IPPrefix
    var nextHop: IPAddress
    /// As `gobgp` prints it: "65001 65001 65001".
    var asPath: String
    var asPathLength: Int
    /// igp, egp or incomplete.
    var origin: String
    var med: UInt32?
    var localPreference: UInt32?
    var age: Double
    var isBest: Bool
    var isValid: Bool
    var endpoint: String?
    var peer: IPAddress?

    private enum CodingKeys: String, CodingKey {
        case prefix, origin, med, endpoint, peer
        case nextHop = "next_hop"
        case asPath = "as_path"
        case asPathLength = "as_path_length"
        case localPreference = "local_pref"
        case age = "age_ms"
        case isBest = "best"
        case isValid = "valid"
    }

    init(_ row: RIBRow) {
        prefix = row.prefix
        nextHop = row.attributes.nextHop
        asPath = row.attributes.asPath.text
        asPathLength = row.attributes.asPath.length
        origin = "\(row.attributes.origin)"
        med = row.attributes.multiExitDiscriminator
        localPreference = row.attributes.localPreference
        age = row.age.milliseconds
        isBest = row.isBest
        isValid = row.isValid
        endpoint = row.endpoint
        peer = row.neighbor
    }
}

/// A session in the `--json` of `neighbors`.
struct NeighborOutput: Encodable {
    var endpoint: String?
    var address: IPAddress
    var asn: ASN
    /// A state of RFC 4271 section 8.2.2.
    var state: Phase
    var up: Double?
    /// What was negotiated; absent before the first OPEN.
    var holdTime: UInt16?
    var keepalive: UInt16?
    var received: Int
    var accepted: Int
    var advertised: Int
    var flaps: Int
    var lastEnd: String?

    private enum CodingKeys: String, CodingKey {
        case endpoint, address, asn, state, received, accepted, advertised, flaps
        case up = "up_ms"
        case holdTime = "hold_time_s"
        case keepalive = "keepalive_s"
        case lastEnd = "last_end"
    }

    init(_ snapshot: NeighborSnapshot) {
        endpoint = snapshot.endpoint
        address = snapshot.address
        asn = snapshot.configuration.peerASN
        state = snapshot.phase
        up = snapshot.phase == .established ? snapshot.upDownTime?.milliseconds : nil
        holdTime = snapshot.statistics.negotiated?.holdTimeSeconds
        keepalive = snapshot.statistics.negotiated?.keepaliveIntervalSeconds
        received = snapshot.receivedCount
        accepted = snapshot.acceptedCount
        advertised = snapshot.advertisedCount
        flaps = snapshot.statistics.flaps
        lastEnd = snapshot.statistics.lastEnd?.description
    }
}
