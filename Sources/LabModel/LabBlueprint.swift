// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Causes
internal import Measurement
package import NodeProtocol
package import RouteServer
package import VPC
internal import WireFormat

/// The input of a lab: a model, what runs on its instances, and options.
package struct LabBlueprint: Sendable {
    package var model: VPCModel
    package var options: LabOptions
    package var speakers: [InstanceSpeaker]
    package var request: LabRequest
    package var version: String
    /// Deleted endpoints, by logical id.
    package var deletedEndpoints: Set<String> = []

    package init(
        model: VPCModel, options: LabOptions, speakers: [InstanceSpeaker], request: LabRequest, version: String
    ) {
        self.model = model
        self.options = options
        self.speakers = speakers
        self.request = request
        self.version = version
    }

    /// The input of the lab with this state, including changes made while it ran.
    package init(_ state: LabState) {
        self.init(
            model: state.model, options: state.options, speakers: state.speakers, request: state.request,
            version: state.version)
        deletedEndpoints = state.deletedEndpoints
    }

    private func endpoints(of routeServer: RouteServerObject) -> [RouteServerEndpoint] {
        routeServer.endpoints.filter { !deletedEndpoints.contains($0.logicalID) }
    }

    /// The hold time that a route server offers by default.
    ///
    /// AWS does not publish its own: assumed.
    package static let assumedHoldTimeSeconds: UInt16 = 90

    /// The configuration of a route server's program.
    package func routeServerConfiguration(_ routeServer: RouteServerObject) -> RouteServerProgramConfiguration {
        let asn = ASN(routeServer.amazonSideASN)
        let endpoints = endpoints(of: routeServer).compactMap { endpoint in
            model.networkInterface(endpoint.networkInterface).map { interface in
                RouteServerProgramConfiguration.Endpoint(
                    name: endpoint.name, address: interface.address, link: LabPlan.linkName(endpoint.name))
            }
        }
        let endpointNames = Dictionary(
            routeServer.endpoints.map { ($0.logicalID, $0.name) }, uniquingKeysWith: { first, _ in first })
        let sessions = routeServer.peers.compactMap { peer -> RouteServerProgramConfiguration.PeerSession? in
            guard let name = endpointNames[peer.endpoint], let endpoint = endpoints.first(where: { $0.name == name }),
                case .v4(let routerID) = endpoint.address
            else { return nil }
            return .init(
                peer: PeerID(peer.logicalID), endpoint: name, endpointAddress: endpoint.address, link: endpoint.link,
                session: SessionConfiguration(
                    localASN: asn, peerASN: ASN(peer.asn), routerID: routerID, peerAddress: peer.address,
                    holdTimeSeconds: options.routeServer.endpointHoldTimeSeconds ?? options.holdTimeSeconds
                        ?? Self.assumedHoldTimeSeconds, isPassive: true, families: AddressFamily.allCases),
                bfd: options.bfdSettings(for: peer, at: .routeServer))
        }
        return .init(
            node: LabPlan.node(of: routeServer, in: model),
            machine: machineConfiguration(routeServer, sessions), endpoints: endpoints, sessions: sessions,
            sharedTables: TablePrecedence(options.tablePrecedence, in: model).sharedRouteTables(of: routeServer))
    }

    private func machineConfiguration(
        _ routeServer: RouteServerObject, _ sessions: [RouteServerProgramConfiguration.PeerSession]
    ) -> RouteServerConfiguration {
        let peers = Dictionary(
            routeServer.peers.map { (PeerID($0.logicalID), $0) }, uniquingKeysWith: { first, _ in first })
        let settings = options.routeServer
        var quotas = settings.quotas
        // AWS would accept a hundred of them at most; they exist only to load what is behind the route server.
        quotas.exemptBlock = PrefixBlock.range
        var configuration = RouteServerConfiguration(
            name: routeServer.name, resourceID: routeServer.id, vpcID: model.id, asn: ASN(routeServer.amazonSideASN),
            endpoints: machineEndpoints(of: routeServer),
            peers: sessions.map { session in
                .init(
                    id: session.peer, resourceID: peers[session.peer]?.id, endpoint: session.endpoint,
                    endpointAddress: session.endpointAddress, address: session.session.peerAddress,
                    asn: session.session.peerASN,
                    livenessDetection: peers[session.peer]?.livenessDetection == .bfd ? .bfd : .bgpKeepalive)
            },
            owners: addressOwners, propagations: propagatedTables(of: routeServer),
            selection: settings.selection.selection,
            selectsOnlyResolvableNextHops: settings.selectsOnlyResolvableNextHops,
            localRoutePolicy: settings.localRoutePolicy, quotas: quotas,
            persistRoutes: settings.persistRoutes(of: routeServer), delays: settings.delays,
            isNotifyingSNS: routeServer.isNotifyingSNS, recordsPeerLog: !settings.isPeerLogOff)
        configuration.isAssociated = routeServer.isAssociated
        return configuration
    }

    private func machineEndpoints(of routeServer: RouteServerObject) -> [RouteServerConfiguration.Endpoint] {
        endpoints(of: routeServer).compactMap { endpoint in
            guard let interface = model.networkInterface(endpoint.networkInterface) else { return nil }
            return .init(
                name: endpoint.name, resourceID: endpoint.id,
                subnetID: ResourceKind.subnet.id(of: interface.subnet), networkInterfaceID: interface.id,
                address: interface.address)
        }
    }

    private var addressOwners: [RouteServerConfiguration.OwnedAddress] {
        model.networkInterfaces.flatMap { interface in
            let instance = model.instances.first { $0.networkInterfaces.contains(interface.logicalID) }
            return interface.addresses.map {
                RouteServerConfiguration.OwnedAddress(
                    address: $0, networkInterface: interface.id, instance: instance?.name)
            }
        }
    }

    private func propagatedTables(of routeServer: RouteServerObject) -> [RouteServerConfiguration.PropagatedTable] {
        routeServer.propagations.compactMap(propagatedTable)
    }

    /// A route table as its route server needs to know it; nil if there is none.
    package func propagatedTable(_ logicalID: String) -> RouteServerConfiguration.PropagatedTable? {
        guard let table = model.routeTables.first(where: { $0.logicalID == logicalID }),
            let number = LabPlan.kernelTable(of: logicalID, in: model)
        else { return nil }
        let isRestricted =
            options.routeServer.gatewayRoutePolicy == .subnets && model.internetGateway?.routeTable == logicalID
        return .init(
            name: table.name, resourceID: table.id, kernelTable: number,
            staticPrefixes: table.routes.map(\.destination), localPrefixes: model.cidrBlocks,
            permittedPrefixes: isRestricted ? model.gatewayDestinations : nil)
    }

    package var watcherConfiguration: WatcherProgramConfiguration {
        var tables: [UInt32: String] = [:]
        for table in model.routeTables {
            if let number = LabPlan.kernelTable(of: table.logicalID, in: model) { tables[number] = table.name }
        }
        let instances = addressOwners.compactMap { owner in owner.instance.map { (owner.address.description, $0) } }
        return WatcherProgramConfiguration(
            node: LabPlan.vpcNode, tables: tables,
            sharedTables: TablePrecedence(options.tablePrecedence, in: model).sharedKernelTables,
            instances: Dictionary(instances, uniquingKeysWith: { first, _ in first }))
    }
}
