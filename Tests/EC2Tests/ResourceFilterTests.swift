// SPDX-License-Identifier: MIT-0
import EC2
import Testing
import VPC

@Suite struct ResourceFilterTests {
    private static let tables: [ShapeValue] = [
        table(
            "rtb-1", tags: [("Name", "app"), ("stage", "prod")],
            routes: [("10.0.0.0/16", "local"), ("0.0.0.0/0", "igw-1")]),
        table("rtb-2", tags: [("Name", "web")], routes: [("10.0.0.0/16", "local")]),
    ]

    private static func table(
        _ id: String, tags: [(String, String)], routes: [(String, String)]
    ) -> ShapeValue {
        .of([
            "RouteTableId": .string(id), "Main": .boolean(false),
            "Routes": .list(
                routes.map { .of(["DestinationCidrBlock": .string($0.0), "GatewayId": .string($0.1)]) }),
            "Tags": .tags(tags.map { ResourceTag(key: $0.0, value: $0.1) }),
        ])
    }

    private func select(_ filters: (String, [String])...) throws -> [ShapeValue?] {
        try ResourceFilter.select(
            Self.tables, by: filters.map { ResourceFilter(name: $0.0, values: $0.1) }, of: .describeRouteTables
        ).map { $0["RouteTableId"] }
    }

    @Test func `one value of a filter has to match, and all filters`() throws {
        #expect(try select() == ["rtb-1", "rtb-2"])
        #expect(try select(("route-table-id", ["rtb-2", "rtb-9"])) == ["rtb-2"])
        #expect(try select(("route.gateway-id", ["igw-1"])) == ["rtb-1"])
        #expect(try select(("route.gateway-id", ["local"]), ("tag:Name", ["web"])) == ["rtb-2"])
        #expect(try select(("route.gateway-id", ["igw-1"]), ("tag:Name", ["web"])).isEmpty)
        #expect(try select(("route-table-id", [])).isEmpty)
    }

    @Test func `tags are found by key, and by key and value`() throws {
        #expect(try select(("tag-key", ["stage"])) == ["rtb-1"])
        #expect(try select(("tag:stage", ["prod"])) == ["rtb-1"])
        #expect(try select(("tag:stage", ["app"])).isEmpty)
        #expect(try select(("tag:stage", ["*"])) == ["rtb-1"])
    }

    @Test(arguments: [
        ("10.0.0.0/16", "10.*", true), ("10.0.0.0/16", "*/16", true), ("10.0.0.0/16", "*", true), ("", "*", true),
        ("app1", "app?", true), ("app", "app?", true), ("app12", "app?", false), ("App", "app", false),
        ("a*b", #"a\*b"#, true), ("axb", #"a\*b"#, false), (#"a\b"#, #"a\\b"#, true), ("abc", "a*b", false),
        ("aXbXc", "a*b*c", true), ("abc", "?abc", true), ("a", "a**", true),
    ])
    func `wildcards stand for characters unless they are escaped`(text: String, pattern: String, matches: Bool) throws {
        let element = ShapeValue.of(["VpcId": .string(text)])
        let selected = try ResourceFilter.select(
            [element], by: [ResourceFilter(name: "vpc-id", values: [pattern])], of: .describeRouteTables)
        #expect(selected.isEmpty != matches)
    }

    @Test func `an unknown filter is EC2's error; peers and endpoints can be filtered only by tags`() {
        let error = ServiceError("InvalidParameterValue", "The filter 'route-server-id' is invalid")
        for operation in [Operation.describeRouteServers, .describeRouteServerEndpoints, .describeRouteServerPeers] {
            #expect(throws: error) {
                try ResourceFilter.select(
                    [], by: [ResourceFilter(name: "route-server-id", values: ["x"])], of: operation)
            }
        }
        #expect(throws: ServiceError.self) {
            try ResourceFilter.select(
                [], by: [ResourceFilter(name: "tag:Name", values: ["x"])], of: .getRouteServerRoutingDatabase)
        }
    }

    @Test func `the shorthand has names, lists, quotation marks and brackets`() throws {
        func members(_ text: String) throws -> [ShorthandSyntax.Member] {
            try ShorthandSyntax(text, option: "--filters").members
        }
        #expect(try members("Name=vpc-id,Values=a,b").map(\.values) == [["vpc-id"], ["a", "b"]])
        #expect(try members("Values=[a,b],Name=tag:k").map(\.values) == [["a", "b"], ["tag:k"]])
        #expect(try members(#"Name=x,Values="a,b",c"#).map(\.values) == [["x"], ["a,b", "c"]])
        #expect(try members(#"Values=a\,b,c=d"#).map(\.name) == ["Values", "c"])
        #expect(try members("Name=x,Values=").map(\.values) == [["x"], [""]])
        for wrong in ["", "vpc-id", ",Name=x"] {
            #expect(throws: RequestError.self) { try members(wrong) }
        }
        #expect(
            throws: RequestError(
                "Parameter validation failed:\n"
                    + "Unknown parameter in Filters[0]: \"Nme\", must be one of: Name, Values")
        ) {
            try ShorthandSyntax("Nme=x", option: "--filters").check(members: ["Name", "Values"], of: "Filters[0]")
        }
    }
}
