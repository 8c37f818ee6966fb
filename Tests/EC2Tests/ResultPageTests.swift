// SPDX-License-Identifier: MIT-0
import EC2
import Testing

@Suite struct ResultPageTests {
    private static let elements = (1...12).map { ShapeValue.integer($0) }

    @Test func `the AWS CLI prints so many items, and a token that its own tokens look like`() throws {
        let first = try ResultPage(maxItems: 5).select(Self.elements, of: .describeRouteServers)
        #expect(first.elements == Array(Self.elements[..<5]))
        // The result of botocore's TokenEncoder.
        #expect(first.nextToken == "eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiA1fQ==")
        let second = try ResultPage(maxItems: 7, startingToken: first.nextToken)
            .select(Self.elements, of: .describeRouteServers)
        #expect(second.elements == Array(Self.elements[5...]))
        #expect(second.nextToken == nil)
        let all = try ResultPage().select(Self.elements, of: .describeRouteServers)
        #expect(all.elements == Self.elements && all.nextToken == nil)
    }

    @Test func `pages of EC2 follow one another until there is no token`() throws {
        var token: String?
        var seen: [ShapeValue] = []
        var count = 0
        repeat {
            let page = ResultPage(maxResults: 5, nextToken: token)
            try page.check(for: .getRouteServerRoutingDatabase)
            let part = try page.select(Self.elements, of: .getRouteServerRoutingDatabase)
            seen += part.elements
            token = part.nextToken
            count += 1
        } while token != nil
        #expect(seen == Self.elements)
        #expect(count == 3)
    }

    @Test func `what the AWS CLI refuses is refused in its words`() {
        func problem(_ page: ResultPage) -> String? {
            do throws(RequestError) {
                try page.check(for: .describeRouteTables)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem(ResultPage(maxResults: 5)) == nil)
        #expect(
            problem(ResultPage(maxResults: 4))
                == "Parameter validation failed:\nInvalid value for parameter MaxResults, value: 4, valid min value: 5")
        #expect(
            problem(ResultPage(maxItems: 1, maxResults: 5))
                == "Error during pagination: Cannot specify --no-paginate along with pagination arguments: --max-items")
        #expect(problem(ResultPage(startingToken: "nonsense")) == "Bad starting token: nonsense")
        #expect(problem(ResultPage(pageSize: 10, isSinglePage: true)) != nil)
    }

    @Test func `a token that EC2 did not give and a page that is too long are its errors`() {
        #expect(throws: ServiceError("InvalidNextToken", "The token 'x' is invalid")) {
            try ResultPage(nextToken: "x").select(Self.elements, of: .describeRouteServers)
        }
        for (operation, maximum) in [(Operation.describeRouteTables, 100), (.describeRouteServers, 1000)] {
            #expect(throws: Never.self) { try ResultPage(maxResults: maximum).select(Self.elements, of: operation) }
            #expect(throws: ServiceError.self) {
                try ResultPage(maxResults: maximum + 1).select(Self.elements, of: operation)
            }
        }
    }
}
