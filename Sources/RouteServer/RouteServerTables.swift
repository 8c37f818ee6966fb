// SPDX-License-Identifier: MIT-0
import BGP
import WireFormat

/// The configuration of a route server, arranged for looking things up.
struct RouteServerTables: Sendable {
    /// Who owns a next hop.
    let owners: [IPAddress: RouteServerConfiguration.OwnedAddress]
    private let staticPrefixes: [Set<IPPrefix>]
    private let kernelTables: [UInt32: Int]

    init(_ configuration: RouteServerConfiguration) {
        owners = Dictionary(configuration.owners.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        staticPrefixes = configuration.propagations.map { Set($0.staticPrefixes) }
        kernelTables = Dictionary(
            configuration.propagations.enumerated().map { ($0.element.kernelTable, $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    func hasStaticRoute(_ table: Int, to prefix: IPPrefix) -> Bool {
        staticPrefixes[table].contains(prefix)
    }

    func number(ofKernelTable kernelTable: UInt32) -> Int? {
        kernelTables[kernelTable]
    }
}
