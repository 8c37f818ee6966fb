// SPDX-License-Identifier: MIT-0
import WireFormat

/// The text of neighbour listings, octet for octet as `gobgp` prints it; every line ends in a line feed.
package enum NeighborListing {
    /// `gobgp neighbor`: one line per neighbour, ordered by address.
    package static func table(_ neighbors: [NeighborSnapshot]) -> String {
        let sorted = neighbors.sorted { $0.address < $1.address }
        return lines(sorted).joined()
    }

    /// A route server's neighbours: the endpoint's name, then the columns of `gobgp neighbor`.
    ///
    /// One device may have a session with each of several endpoints, so its address alone does not identify a session.
    package static func routeServerTable(_ neighbors: [NeighborSnapshot]) -> String {
        let sorted = neighbors.sorted { ($0.endpoint ?? "", $0.address) < ($1.endpoint ?? "", $1.address) }
        let endpoints = ["Endpoint"] + sorted.map { $0.endpoint ?? "" }
        let width = endpoints.reduce(0) { max($0, $1.count) }
        return zip(endpoints, lines(sorted)).map { $0.leftAligned(width) + " " + $1 }.joined()
    }

    /// `gobgp -q neighbor`: only addresses.
    package static func addresses(_ neighbors: [NeighborSnapshot]) -> String {
        neighbors.map { "\($0.address)\n" }.joined()
    }

    /// The error message for an address that is not a neighbour's.
    package static func notFound(_ address: some CustomStringConvertible) -> String {
        "not found neighbor \(address)"
    }

    private static func lines(_ neighbors: [NeighborSnapshot]) -> [String] {
        let addresses = ["Peer"] + neighbors.map(\.address.description)
        let numbers = ["AS"] + neighbors.map(\.configuration.peerASN.description)
        let times = ["Up/Down"] + neighbors.map { $0.upDownTime?.clockText ?? "never" }
        let states = ["State"] + neighbors.map(\.phase.gobgpState)
        let received = ["#Received"] + neighbors.map { "\($0.receivedCount)" }
        let accepted = ["Accepted"] + neighbors.map { "\($0.acceptedCount)" }
        // The address column is as wide as the longest address, not counting the header.
        let addressWidth = addresses.dropFirst().reduce(0) { max($0, $1.count) }
        let numberWidth = numbers.reduce(0) { max($0, $1.count) }
        let timeWidth = times.reduce(0) { max($0, $1.count) }
        return addresses.indices.map { line in
            "\(addresses[line].leftAligned(addressWidth)) \(numbers[line].rightAligned(numberWidth))"
                + " \(times[line].rightAligned(timeWidth)) \(states[line].leftAligned(11)) |"
                + "\(received[line].rightAligned(9)) \(accepted[line].rightAligned(9))\n"
        }
    }

    /// `gobgp neighbor X`: everything about one neighbour.
    package static func detail(_ neighbor: NeighborSnapshot) -> String {
        let statistics = neighbor.statistics
        let isUp = neighbor.phase == .established
        let routerID = isUp ? statistics.negotiated?.peerRouterID.description : nil
        let uptime = isUp ? neighbor.upDownTime.map { ", up for \($0.clockText)" } : nil
        let configured = neighbor.configuration
        let keepalive = configured.keepaliveIntervalSeconds ?? configured.holdTimeSeconds / 3
        let lines = [
            "BGP neighbor is \(neighbor.address), remote AS \(configured.peerASN)",
            "  BGP version 4, remote router ID \(routerID ?? "unknown")",
            "  BGP state = \(neighbor.phase.rawValue.uppercased())\(uptime ?? "")",
            "  BGP OutQ = \(neighbor.outputQueueByteCount), Flops = \(statistics.flaps)",
            "  Hold time is \(statistics.negotiated?.holdTimeSeconds ?? 0), keepalive interval is "
                + "\(statistics.negotiated?.keepaliveIntervalSeconds ?? 0) seconds",
            "  Configured hold time is \(configured.holdTimeSeconds), keepalive interval is \(keepalive) seconds",
            // gobgp lists AS options here; there are none.
            "  ",
            "  Neighbor capabilities:",
        ]
        return (lines + CapabilityListing(neighbor).lines + counters(neighbor)).map { $0 + "\n" }.joined()
    }

    private static func counters(_ neighbor: NeighborSnapshot) -> [String] {
        let sent = neighbor.statistics.sent
        let received = neighbor.statistics.received
        func line(_ title: String, _ values: [Int]) -> String {
            "    " + (title + ":").leftAligned(14) + values.map { " " + "\($0)".rightAligned(10) }.joined()
        }
        return [
            "  Message statistics:",
            "                         Sent       Rcvd",
            line("Opens", [sent.opens, received.opens]),
            line("Notifications", [sent.notifications, received.notifications]),
            line("Updates", [sent.updates, received.updates]),
            line("Keepalives", [sent.keepalives, received.keepalives]),
            line("Route Refresh", [sent.routeRefreshes, received.routeRefreshes]),
            line("Discarded", [0, 0]),
            line("Total", [sent.total, received.total]),
            "  Route statistics:",
            line("Advertised", [neighbor.advertisedCount]),
            line("Received", [neighbor.receivedCount]),
            line("Accepted", [neighbor.acceptedCount]),
        ]
    }
}
