// SPDX-License-Identifier: MIT-0
import WireFormat

/// Which part of a list of results is requested, in the AWS CLI's options.
package struct ResultPage: Hashable, Sendable {
    /// `--max-items` and `--starting-token`: how much the AWS CLI prints of what it collected from all pages.
    package var maxItems: Int?
    package var startingToken: String?
    /// `--page-size`: how much it requests from EC2 at a time, without effect on the output.
    package var pageSize: Int?
    /// `--no-paginate`: one page, as EC2 returns it.
    package var isSinglePage: Bool
    /// `--max-results` and `--next-token`: the page requested from EC2.
    package var maxResults: Int?
    package var nextToken: String?

    package init(
        maxItems: Int? = nil, startingToken: String? = nil, pageSize: Int? = nil, isSinglePage: Bool = false,
        maxResults: Int? = nil, nextToken: String? = nil
    ) {
        self.maxItems = maxItems
        self.startingToken = startingToken
        self.pageSize = pageSize
        self.isSinglePage = isSinglePage
        self.maxResults = maxResults
        self.nextToken = nextToken
    }

    /// Checks what the AWS CLI checks before it sends a request.
    ///
    /// - Throws: `RequestError`.
    package func check(for operation: Operation) throws(RequestError) {
        let minimum = operation.resultsPerPage.lowerBound
        if let size = maxResults ?? pageSize, size < minimum {
            throw .validation("Invalid value for parameter MaxResults, value: \(size), valid min value: \(minimum)")
        }
        let isManual = isSinglePage || maxResults != nil || nextToken != nil
        let collecting = [
            ("--max-items", maxItems != nil), ("--starting-token", startingToken != nil),
            ("--page-size", pageSize != nil),
        ].filter(\.1).map(\.0)
        if isManual, !collecting.isEmpty {
            throw RequestError(
                "Error during pagination: Cannot specify --no-paginate along with pagination arguments: "
                    + collecting.joined(separator: ", "))
        }
        if let startingToken, Self.truncation(startingToken) == nil {
            throw RequestError("Bad starting token: \(startingToken)")
        }
    }

    /// The requested elements, and the token for the rest; nil if there is no more.
    ///
    /// - Throws: `ServiceError` for a page that EC2 would not return.
    package func select(
        _ elements: [ShapeValue], of operation: Operation
    ) throws(ServiceError) -> (elements: [ShapeValue], nextToken: String?) {
        if maxResults != nil || nextToken != nil { return try servicePage(of: elements, operation) }
        let start = min(startingToken.flatMap(Self.truncation) ?? 0, elements.count)
        let end = min(start + max(maxItems ?? elements.count, 0), elements.count)
        return (Array(elements[start..<end]), end < elements.count ? Self.startingToken(truncatedTo: end) : nil)
    }

    private func servicePage(
        of elements: [ShapeValue], _ operation: Operation
    ) throws(ServiceError) -> (elements: [ShapeValue], nextToken: String?) {
        let maximum = operation.resultsPerPage.upperBound
        if let maxResults, maxResults > maximum {
            throw ServiceError(
                "InvalidParameterValue",
                "Value ( \(maxResults) ) for parameter maxResults is invalid. Expecting a value of at most \(maximum).")
        }
        var start = 0
        if let nextToken {
            guard let offset = Base64.decode(nextToken).flatMap({ Int($0) }), (0...elements.count).contains(offset)
            else { throw ServiceError("InvalidNextToken", "The token '\(nextToken)' is invalid") }
            start = offset
        }
        let end = min(start + (maxResults ?? elements.count), elements.count)
        return (Array(elements[start..<end]), end < elements.count ? Base64.encode("\(end)") : nil)
    }

    // MARK: The AWS CLI's own tokens

    private static let tokenHead = "{\"NextToken\": null, \"boto_truncate_amount\": "

    /// The AWS CLI's token for a page that it printed only in part.
    private static func startingToken(truncatedTo count: Int) -> String {
        Base64.encode("\(tokenHead)\(count)}")
    }

    private static func truncation(_ token: String) -> Int? {
        guard let text = Base64.decode(token), text.hasPrefix(tokenHead), text.hasSuffix("}") else { return nil }
        return Int(text.dropFirst(tokenHead.count).dropLast()).flatMap { $0 >= 0 ? $0 : nil }
    }
}
