// SPDX-License-Identifier: MIT-0
package import LabModel
package import Measurement
package import VPC
package import WireFormat

/// Shortcuts to the lab's layout.
extension Lab {
    package var speakerInstances: [String] { layout.speakerInstances }
    package var floatingAddresses: [IPPrefix] { layout.floatingAddresses }
    package var instancesByTimeToLive: [UInt8: String] { layout.instancesByTimeToLive }
    package var routeServerNodes: [String] { layout.routeServerNodes }
    package var transits: [Transit] { layout.transits }
    package var movedPrefixes: [IPPrefix] { layout.movedPrefixes }
    package var servedAddresses: [IPAddress] { layout.servedAddresses }
    package var longestRouteDelay: Duration { layout.longestRouteDelay }
    package var respondingInstances: [UInt16: String] { layout.respondingInstances }

    package func testHost() throws -> String { try layout.testHost() }
    package func routeTable(ofInstance instance: Instance) -> RouteTable? { layout.routeTable(ofInstance: instance) }
    package func propagatedTable(ofHost host: String) -> String? { layout.propagatedTable(ofHost: host) }
    package func floatingAddresses(of instance: String) -> [IPAddress] { layout.floatingAddresses(of: instance) }
    package func hasStaticRoute(to prefix: IPPrefix, ofHost host: String) -> Bool {
        layout.hasStaticRoute(to: prefix, ofHost: host)
    }
    package func probedTransits(_ settings: FlowSettings) throws -> [Transit] { try layout.probedTransits(settings) }
}
