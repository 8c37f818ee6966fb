// SPDX-License-Identifier: MIT-0
package import Measurement
package import VPC
package import WireFormat

/// What the rules of a lab's interfaces block, and which of it was seen.
extension LabLayout {
    /// Sessions that cannot come up.
    package var blockedSessions: [InterfaceOutlook.BlockedSession] {
        options.interfaceOutlook(of: model).blockedSessions
    }

    /// Why a request from one instance to another is not answered; nil if it is.
    ///
    /// `request` is given the sender's address of the destination's family.
    private func refusal(
        from sender: String, to receiver: String, of destination: IPAddress, _ request: (IPAddress) -> Traffic
    ) -> InterfaceRefusal? {
        func interface(of name: String) -> NetworkInterface? {
            model.instances.first { $0.name == name }?.networkInterfaces.first
                .flatMap(model.networkInterface)
        }
        guard let near = interface(of: sender), let far = interface(of: receiver),
            let source = near.addresses.first(where: { $0.family == destination.family })
        else { return nil }
        return options.interfaceOutlook(of: model).refusal(
            of: request(source), from: near.logicalID, to: far.logicalID)
    }

    /// Why a floating IP cannot answer a host while an instance is active for it; nil if it can.
    package func refusal(ofPingFrom host: String, to address: IPAddress, at active: String) -> InterfaceRefusal? {
        refusal(from: host, to: active, of: address) { .echoRequest(from: $0, to: address) }
    }

    /// Throws if rules keep flows from being answered, before any of them is measured.
    ///
    /// Rules that only affect the standby are left to the measurement, which shows them.
    package func requirePassage(of flows: [Flow], applications: ApplicationSettings?) throws {
        for flow in flows where flow.role == .floatingAddress {
            let problem =
                switch flow.direction {
                case .inward: refusal(ofPingFrom: flow.node, to: flow.destination, at: flow.active)
                case .outward: outwardRefusal(of: flow)
                }
            if let problem { throw Self.error(flow.name, problem) }
        }
        guard let applications, let flow = flows.first else { return }
        for name in applications.protocols {
            let problem = refusal(from: flow.node, to: flow.active, of: flow.destination) { source in
                switch name {
                case .tcp: .tcp(applications.port, from: source, to: flow.destination)
                case .udp: .udp(applications.port, from: source, to: flow.destination)
                }
            }
            if let problem { throw Self.error("\(flow.name) over \(name.rawValue)", problem) }
        }
    }

    private func outwardRefusal(of flow: Flow) -> InterfaceRefusal? {
        let host = model.instances.first { model.addresses(of: $0).contains(flow.destination) }
        return host.flatMap { host in
            refusal(from: flow.active, to: host.name, of: flow.destination) { _ in
                .echoRequest(from: flow.prefix.address, to: flow.destination)
            }
        }
    }

    private static func error(_ flow: String, _ refusal: InterfaceRefusal) -> LabError {
        LabError(
            "\(flow) cannot be measured: \(refusal)",
            advice: "add the missing rule to the template, or try without them:"
                + " --no-security-groups, --no-source-dest-check")
    }

    /// One sentence for each thing that the rules of interfaces block.
    ///
    /// - Parameters:
    ///   - drops: The packets dropped so far.
    ///   - active: The instance that a floating IP's traffic goes to; nil where it goes to none.
    package func interfaceProblems(
        _ drops: [InterfaceDrop], active: (IPPrefix) -> String?
    ) -> [InterfaceProblem] {
        var problems = blockedSessions.map { session in
            InterfaceProblem(
                subject: "\(session.sessionProtocol.rawValue) of \(session.endpoint.name) with \(session.peerAddress)",
                refusal: session.refusal, drops: drops)
        }
        // Without a test host or an active instance there is no traffic to check.
        guard let host = try? testHost() else { return problems }
        for prefix in floatingAddresses {
            guard let active = active(prefix),
                let refusal = refusal(ofPingFrom: host, to: prefix.address, at: active)
            else { continue }
            problems.append(
                InterfaceProblem(
                    subject: "ping from \(host) to \(prefix.address) at \(active)", refusal: refusal, drops: drops))
        }
        return problems
    }
}

/// Something that an interface's rules block.
package struct InterfaceProblem: Hashable, Sendable {
    /// What does not work.
    package var subject: String
    package var refusal: InterfaceRefusal
    /// How many packets of exactly that kind were dropped.
    package var packets: UInt64

    fileprivate init(subject: String, refusal: InterfaceRefusal, drops: [InterfaceDrop]) {
        self.subject = subject
        self.refusal = refusal
        packets = drops.first { $0.refusal == refusal }?.packets ?? 0
    }

    package var text: String {
        "\(subject) is down: \(InterfaceDrop(refusal: refusal, packets: packets).text)"
    }
}
