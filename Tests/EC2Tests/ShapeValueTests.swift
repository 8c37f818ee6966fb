// SPDX-License-Identifier: MIT-0
import EC2
import Testing

@Suite struct ShapeValueTests {
    @Test
    func `a value is printed as the AWS CLI prints it, members in their order and without those that are not set`() {
        let value = ShapeValue.of([
            "Routes": [
                .of(["Prefix": "172.16.1.1/32", "Med": nil, "AsPaths": [.string("65001"), .string("65001")]]),
                .of([:]),
            ],
            "AreRoutesPersisted": .boolean(false), "Tags": [], "AmazonSideAsn": .integer(4_200_000_000),
        ])
        #expect(
            value.json == """
                {
                    "Routes": [
                        {
                            "Prefix": "172.16.1.1/32",
                            "AsPaths": [
                                "65001",
                                "65001"
                            ]
                        },
                        {}
                    ],
                    "AreRoutesPersisted": false,
                    "Tags": [],
                    "AmazonSideAsn": 4200000000
                }
                """)
    }

    @Test func `texts are escaped where JSON wants it, and nowhere else`() {
        #expect(ShapeValue.string("a\"b\\c\n\u{1}é/").json == #""a\"b\\c\n\u0001é/""#)
    }

    @Test func `operations have the names of the AWS CLI`() {
        #expect(Operation.getRouteServerRoutingDatabase.commandName == "get-route-server-routing-database")
        #expect(Operation.describeRouteTables.commandName == "describe-route-tables")
    }

    @Test func `an error is the AWS CLI's sentence`() {
        #expect(
            ServiceError.dryRun.text(calling: .modifyRouteServer)
                == "An error occurred (DryRunOperation) when calling the ModifyRouteServer operation: "
                + "Request would have succeeded, but DryRun flag is set.")
    }
}
