// SPDX-License-Identifier: MIT-0
import LabModel
import NodeProtocol
import Testing
import VPC

@Suite struct TablePrecedenceTests {
    private func precedence(_ names: [String]? = nil) throws -> TablePrecedence {
        TablePrecedence(names, in: try Layouts.sharedTable().model)
    }

    @Test func `the order is the template's, or the one that was asked for, then the template's`() throws {
        #expect(try precedence().servers.map(\.name) == ["rs-a", "rs-b"])
        #expect(try precedence(["rs-b"]).servers.map(\.name) == ["rs-b", "rs-a"])
        #expect(try precedence(["rs-b", "rs-a"]).servers.map(\.name) == ["rs-b", "rs-a"])
    }

    @Test func `the first route server watches no other, and the second watches the first`() throws {
        let precedence = try precedence()
        let first = try #require(precedence.sharedRouteTables(of: precedence.servers[0]))
        let second = try #require(precedence.sharedRouteTables(of: precedence.servers[1]))
        #expect(first.metric < second.metric)
        #expect(first.isPreferredEverywhere)
        #expect(second.preferred.values.map { $0 } == [[first.metric: "rs-a"]])
        #expect(Set(second.preferred.keys) == precedence.sharedKernelTables)
    }

    @Test func `the requested order reverses that`() throws {
        let precedence = try precedence(["rs-b"])
        let second = try #require(precedence.sharedRouteTables(of: precedence.servers[1]))
        #expect(precedence.servers[1].name == "rs-a")
        #expect(second.preferred.values.flatMap(\.values) == ["rs-b"])
    }

    @Test func `route servers with a table each share nothing`() throws {
        let model = try Layouts.template("two-route-servers.yaml").model
        let precedence = TablePrecedence(nil, in: model)
        #expect(precedence.servers.allSatisfy { precedence.sharedRouteTables(of: $0) == nil })
        #expect(precedence.sharedKernelTables == [])
        #expect(precedence.note == nil)
    }

    @Test func `what is assumed is said`() throws {
        #expect(
            try Layouts.sharedTable(["rs-b"]).blueprint.tablePrecedenceNote?.contains("rs-b, then that of rs-a") == true
        )
        #expect(try Layouts.floatingIP().blueprint.tablePrecedenceNote == nil)
    }

    @Test func `the kernel's numbers are one a table, in the model's order`() throws {
        let model = try Layouts.inspection().model
        let numbers = model.routeTables.map { LabPlan.kernelTable(of: $0.logicalID, in: model) }
        #expect(numbers == model.routeTables.indices.map { LabPlan.firstRouteTable + UInt32($0) })
        #expect(LabPlan.kernelTable(of: "NoTable", in: model) == nil)
    }

    @Test func `the route servers that decide for a host are those that write its table`() throws {
        let two = try Layouts.template("two-route-servers.yaml")
        #expect(two.governingRouteServers(ofHost: "client-a").map(\.name) == ["rs-a"])
        #expect(two.governingRouteServers(ofHost: "client-b").map(\.name) == ["rs-b"])
        #expect(two.governingRouteServers(ofHost: "fw1").map(\.name) == ["rs-a", "rs-b"], "nobody writes its table")
        #expect(
            try Layouts.sharedTable(["rs-b"]).governingRouteServers(ofHost: "client").map(\.name) == ["rs-b", "rs-a"])
    }
}
