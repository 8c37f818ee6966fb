// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import Report
internal import RouteServer
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

/// A route that import drops, in the `--json` of `rib` and `neighbors`.
struct DroppedRouteOutput: Encodable {
    var endpoint: String
    var peer: IPAddress
    var prefix: IPPrefix
    /// own-asn or multicast.
    var reason: String
    var text: String

    init(_ route: RoutingDatabase.DroppedRoute) {
        endpoint = route.endpoint
        peer = route.peerAddress
        prefix = route.prefix
        reason =
            switch route.reason {
            case .ownASN: "own-asn"
            case .multicast: "multicast"
            }
        text = route.text
    }
}

/// A session in the `--json` of `neighbors`.
struct NeighborOutput: Encodable {
    struct RefusedConnections: Encodable {
        var count: Int
        var last_address: IPAddress
    }

    var endpoint: String?
    var address: IPAddress
    var asn: ASN
    /// A state of RFC 4271 section 8.2.2.
    var state: Phase
    var up: Double?
    /// The negotiated hold time; absent before the first OPEN.
    var holdTime: UInt16?
    var keepalive: UInt16?
    var received: Int
    var accepted: Int
    var advertised: Int
    var flaps: Int
    var lastEnd: SessionEnd?
    /// How long ago it was Established last; absent while it is, and before it was.
    var down: Double?
    /// Connections to the same endpoint from addresses that are no peer's.
    var refusedConnections: RefusedConnections?
    /// Its routes that import drops; absent for a session of an instance.
    var dropped: [DroppedRouteOutput]?
    /// Absent if the session has no BFD.
    var bfd: BFDOutput?

    private enum CodingKeys: String, CodingKey {
        case endpoint, address, asn, state, received, accepted, advertised, flaps, bfd, dropped
        case up = "up_ms"
        case down = "down_ms"
        case refusedConnections = "refused_connections"
        case holdTime = "hold_time_s"
        case keepalive = "keepalive_s"
        case lastEnd = "last_end"
    }

    init(
        _ snapshot: NeighborSnapshot, dropped: [RoutingDatabase.DroppedRoute], bfd session: BFDSessionSnapshot?
    ) {
        bfd = session.map(BFDOutput.init)
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
        lastEnd = snapshot.statistics.lastEnd
        down = snapshot.phase == .established ? nil : snapshot.upDownTime?.milliseconds
        refusedConnections = snapshot.refusedConnections.map {
            .init(count: $0.count, last_address: $0.lastAddress)
        }
        self.dropped = snapshot.endpoint == nil ? nil : dropped.map(DroppedRouteOutput.init)
    }
}

/// A BFD session, as `neighbors --json` has it.
struct BFDOutput: Encodable {
    /// States of RFC 5880 section 6.2.
    var state: String
    var remoteState: String
    var localDiscriminator: UInt32
    var remoteDiscriminator: UInt32
    /// The negotiated interval.
    var transmitInterval: Double
    var receiveInterval: Double
    var detectionTime: Double
    var detectMult: UInt8
    var remoteDetectMult: UInt8
    /// A change of intervals waits for the peer's Final.
    var isPolling: Bool
    /// active or passive (RFC 5880 section 6.1).
    var role: String
    /// The type in the RFC's words; absent without authentication.
    var authentication: String?
    /// The C bits (RFC 5882 section 4.3).
    var isControlPlaneIndependent: Bool
    var remoteIsControlPlaneIndependent: Bool
    var localDiagnostic: String
    var remoteDiagnostic: String
    var sent: UInt64
    var received: UInt64
    var discarded: UInt64
    var ups: UInt64
    var downs: UInt64

    private enum CodingKeys: String, CodingKey {
        case state, sent, received, discarded, ups, downs, role, authentication
        case remoteState = "remote_state"
        case localDiscriminator = "local_discriminator"
        case remoteDiscriminator = "remote_discriminator"
        case transmitInterval = "transmit_interval_ms"
        case receiveInterval = "receive_interval_ms"
        case detectionTime = "detection_time_ms"
        case detectMult = "detect_mult"
        case remoteDetectMult = "remote_detect_mult"
        case isPolling = "polling"
        case isControlPlaneIndependent = "control_plane_independent"
        case remoteIsControlPlaneIndependent = "remote_control_plane_independent"
        case localDiagnostic = "local_diagnostic"
        case remoteDiagnostic = "remote_diagnostic"
    }

    init(_ session: BFDSessionSnapshot) {
        state = session.state
        remoteState = session.remoteState
        localDiscriminator = session.localDiscriminator
        remoteDiscriminator = session.remoteDiscriminator
        transmitInterval = Double(session.transmitInterval.value) / 1000
        receiveInterval = Double(session.receiveInterval.value) / 1000
        detectionTime = Double(session.detectionTimeMicroseconds) / 1000
        detectMult = session.detectMult
        remoteDetectMult = session.remoteDetectMult
        isPolling = session.isPolling
        role = session.role
        authentication = session.authentication
        isControlPlaneIndependent = session.isControlPlaneIndependent
        remoteIsControlPlaneIndependent = session.remoteIsControlPlaneIndependent
        localDiagnostic = session.localDiagnostic
        remoteDiagnostic = session.remoteDiagnostic
        sent = session.sentPackets
        received = session.receivedPackets
        discarded = session.discardedPackets
        ups = session.ups
        downs = session.downs
    }
}
