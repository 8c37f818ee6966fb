// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Measurement
internal import Report

extension NeighborSnapshot {
    /// What is known of a session that is not up: "Active; NOTIFICATION sent: OPEN Message Error / Bad Peer AS".
    package var condition: String {
        var parts = ["\(phase)"]
        if let end = statistics.lastEnd { parts.append(end.text) }
        if let refused = refusedConnections {
            parts.append(
                "\(endpoint ?? "this node") refused \(counted(refused.count, "connection")), the last from \(refused.lastAddress),"
                    + " which is not a peer of it")
        }
        return parts.joined(separator: "; ")
    }
}
