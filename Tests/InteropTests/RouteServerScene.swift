// SPDX-License-Identifier: MIT-0
import LinuxSystem
import TestSupport

/// A route server with a cable to each of two instances, and the VPC's router with a leg that covers both subnets.
///
/// The endpoints are 10.0.1.4 on eth0 and 10.0.2.4 on eth1; the instances are 10.0.1.10 and 10.0.2.10.
struct RouteServerScene: ~Copyable {
    let routeServer: NetworkNamespace
    let first: NetworkNamespace
    let second: NetworkNamespace
    let vpc: NetworkNamespace
    /// Holds the other end of the router's leg.
    private let subnet: NetworkNamespace

    init(instances firstName: String, _ secondName: String) throws {
        let routeServer = try NetworkNamespace.create(name: "rs")
        let first = try NetworkNamespace.create(name: firstName)
        let second = try NetworkNamespace.create(name: secondName)
        let vpc = try NetworkNamespace.create(name: "vpc")
        let subnet = try NetworkNamespace.create(name: "subnet")
        try joinByCable(routeServer, "eth0", 2, "10.0.1.4/24", first, "eth0", 2, "10.0.1.10/24")
        try joinByCable(routeServer, "eth1", 3, "10.0.2.4/24", second, "eth0", 2, "10.0.2.10/24")
        try joinByCable(vpc, "eth0", 2, "10.0.0.1/16", subnet, "eth0", 2, "10.0.0.2/16")
        self.routeServer = routeServer
        self.first = first
        self.second = second
        self.vpc = vpc
        self.subnet = subnet
    }
}
