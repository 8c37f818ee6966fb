// SPDX-License-Identifier: MIT-0
import LabModel
import Testing
import VPC

@Suite struct DialledPeersTests {
    private func dialled(_ layout: LabLayout) -> [String: Bool] {
        let peers = DialledPeers(model: layout.model, speakers: layout.speakers)
        return Dictionary(
            layout.model.routeServers.flatMap { server in
                server.peers.map { ($0.name, peers.contains($0, of: server)) }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `a peer is dialled for where its speaker has the endpoint as a neighbour`() throws {
        #expect(
            dialled(try Layouts.floatingIP()) == [
                "rs1-az1-rsp1": true, "rs1-az1-rsp2": true, "rs1-az2-rsp3": true, "rs1-az2-rsp4": true,
            ])
    }

    @Test func `a speaker that dials another address leaves the peer's session down, which is reported`() throws {
        let layout = try Layouts.template(
            "floating-ip.yaml", replacing: [("neighbor-address = \"${Second}\"", "neighbor-address = \"10.0.9.9\"")])
        #expect(dialled(layout).filter(\.value).keys.sorted() == ["rs1-az1-rsp1", "rs1-az2-rsp3"])
        #expect(
            layout.blueprint.silentPeerNotes == [
                "the session of rs1-az1-rsp2 with 10.0.1.203 stays down: instance-rs-az1 does not dial 10.0.1.5",
                "the session of rs1-az2-rsp4 with 10.0.2.203 stays down: instance-rs-az2 does not dial 10.0.2.5",
            ])
    }

    @Test func `an instance without a speaker dials no endpoint`() throws {
        var layout = try Layouts.floatingIP()
        layout.blueprint.speakers.removeAll { $0.instance == "instance-rs-az2" }
        #expect(dialled(layout).filter(\.value).keys.sorted() == ["rs1-az1-rsp1", "rs1-az1-rsp2"])
        #expect(layout.blueprint.silentPeerNotes.allSatisfy { $0.hasSuffix("instance-rs-az2 runs no BGP speaker") })
        #expect(layout.blueprint.silentPeerNotes.count == 2)
    }

    @Test func `an address that no interface has is the model's warning, and no note here`() throws {
        var layout = try Layouts.floatingIP()
        layout.blueprint.model.routeServers[0].peers[0].address = try address("10.0.1.99")
        #expect(dialled(layout)["rs1-az1-rsp1"] == false)
        #expect(layout.blueprint.silentPeerNotes.isEmpty)
    }

    @Test func `a peer of an endpoint that does not exist is not dialled`() throws {
        var layout = try Layouts.floatingIP()
        layout.blueprint.model.routeServers[0].peers[0].endpoint = "NoEndpoint"
        #expect(dialled(layout)["rs1-az1-rsp1"] == false)
    }

    @Test func `peers in another subnet are dialled for as others are`() throws {
        let layout = try Layouts.template("peers-elsewhere.yaml")
        let peers = dialled(layout)
        #expect(peers.values.contains(true) && peers.values.contains(false))
        #expect(layout.blueprint.silentPeerNotes.count == 1, "the other silent peer has no instance")
    }
}
