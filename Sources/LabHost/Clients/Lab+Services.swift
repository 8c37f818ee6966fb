// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import Measurement
internal import NodeProtocol

/// The programs that must run for the lab to be what its template says.
extension Lab {
    /// Those that do not run, although no fault in place ended them.
    package func deadServices() throws -> [ProgramDeath] {
        let own = try initClient.programs()
        var deaths = own.ended.map { ProgramDeath($0, under: EventFeed.labNode) }
        let instances = Set(plan.namespaces(.instance).map(\.name))
        for program in own.running where instances.contains(program.name) && !state.stopsInit(of: program.name) {
            let client = try InitClient(connectingTo: directory.instanceInitSocket(program.name))
            deaths += try client.programs().ended.map { ProgramDeath($0, under: program.name) }
        }
        return deaths.filter { !state.endsPrograms(of: $0.node) }
    }

    /// - Throws: `LabError` naming a service that does not run.
    package func requireServices() throws {
        if let death = try deadServices().first { throw death.error }
    }

    /// The nodes of the route servers that can be asked; `onDeath` is called for each of the others.
    ///
    /// - Throws: `LabError` if none can be asked.
    package func answeringRouteServers(onDeath: (ProgramDeath) -> Void) throws -> [String] {
        let nodes = layout.routeServerNodes
        let dead = try deadServices().filter { nodes.contains($0.node) }
        let answering = nodes.filter { node in !dead.contains { $0.node == node } }
        if answering.isEmpty, let death = dead.first { throw death.error }
        dead.forEach(onDeath)
        return answering
    }

    /// Has every wait of a feed hear of the end of any service.
    package func hearOfDeaths(in feed: EventFeed) throws {
        feed.isEndMeant = { [unowned self] in state.endsPrograms(of: $0) }
        feed.hasLastingLab = !endsWithThisProcess
        try feed.listen(to: initClient, node: EventFeed.labNode)
        let running = Set(try initClient.running().map(\.name))
        for instance in plan.namespaces(.instance).map(\.name) where running.contains(instance) {
            try feed.listen(to: InitClient(connectingTo: directory.instanceInitSocket(instance)), node: instance)
        }
    }
}
