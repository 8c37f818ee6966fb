// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import FoundationEssentials
internal import LabHost
internal import LabModel
internal import NodeProtocol
internal import RouteServer
internal import VPC

/// The options of every operation, and the handling of its answer.
struct AWSOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case json
    }

    @OptionGroup var selection: LabSelection
    @Flag(
        inversion: .prefixedNo, help: "Change nothing, and answer with the error DryRunOperation.")
    var dryRun = false
    @Option(help: "Only json is supported.")
    var output = Output.json
    @Option(help: ArgumentHelp("Without effect: a lab has no region.", valueName: "REGION"))
    var region: String?
    @Option(help: ArgumentHelp("Without effect: a lab has no credentials.", valueName: "PROFILE"))
    var profile: String?
    @Flag(name: .customLong("no-cli-pager"), help: "Without effect: there is no pager.")
    var isWithoutPager = false

    /// Carries out an operation on the lab, prints the answer, and exits as the AWS CLI does.
    func answer(_ operation: Operation, _ body: (Lab) throws -> ShapeValue) throws {
        try Outcome.run(json: false) {
            do {
                let lab = try selection.open()
                if dryRun { throw ServiceError.dryRun }
                try Terminal.output(try body(lab).json + "\n")
            } catch let refusal as RouteServerRefusal {
                try Self.fail(ServiceError(refusal), operation)
            } catch let error as ServiceError {
                try Self.fail(error, operation)
            } catch let error as RequestError {
                Terminal.write("\n\(error)\n")
                throw ExitCode(AWSCommand.wrongUsage)
            }
        }
    }

    private static func fail(_ error: ServiceError, _ operation: Operation) throws {
        Terminal.write("\n\(error.text(calling: operation))\n")
        throw ExitCode(AWSCommand.serviceError)
    }
}

/// Which resources a Describe operation lists.
struct AWSFilterOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "List only what matches all filters; * and ? are wildcards.", valueName: "Name=NAME,Values=VALUE,..."))
    var filters: [String] = []

    /// - Throws: `RequestError`.
    func parsed() throws -> [ResourceFilter] {
        if filters.count == 1, let text = filters.first, text.hasPrefix("[") { return try Self.parsed(json: text) }
        return try filters.enumerated().map { number, text in
            let structure = try ShorthandSyntax(text, option: "--filters")
            try structure.check(members: ["Name", "Values"], of: "Filters[\(number)]")
            return ResourceFilter(name: structure["Name"]?.first ?? "", values: structure["Values"] ?? [])
        }
    }

    private struct Filter: Decodable {
        var Name: String
        var Values: [String]
    }

    private static func parsed(json text: String) throws(RequestError) -> [ResourceFilter] {
        do {
            return try JSONDecoder().decode([Filter].self, from: Data(text.utf8))
                .map { ResourceFilter(name: $0.Name, values: $0.Values) }
        } catch {
            throw RequestError("Error parsing parameter '--filters': Invalid JSON: \(text)")
        }
    }
}

/// Which part of a list to print where the AWS CLI collects pages.
struct AWSPaginationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Print at most this many, and a NextToken for the rest.", valueName: "COUNT"))
    var maxItems: Int?
    @Option(help: ArgumentHelp("Continue after this NextToken.", valueName: "TOKEN"))
    var startingToken: String?
    @Option(help: ArgumentHelp("Without effect on what is printed.", valueName: "COUNT"))
    var pageSize: Int?
    @Flag(name: .customLong("no-paginate"), help: "Ask for only one page, which has everything.")
    var isSinglePage = false
    @OptionGroup var page: AWSPageOptions

    var resultPage: ResultPage {
        ResultPage(
            maxItems: maxItems, startingToken: startingToken, pageSize: pageSize, isSinglePage: isSinglePage,
            maxResults: page.maxResults, nextToken: page.nextToken)
    }
}

/// Which page of a list to request from EC2.
struct AWSPageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most results in one page.", valueName: "COUNT"))
    var maxResults: Int?
    @Option(help: ArgumentHelp("The NextToken of the previous page.", valueName: "TOKEN"))
    var nextToken: String?
}

extension ResultPage {
    /// The answer of an operation that lists things: filtered, the requested part, and the token for the rest.
    ///
    /// - Throws: `RequestError`, `ServiceError`.
    func list(
        _ name: String, _ elements: [ShapeValue], of operation: Operation, filters: AWSFilterOptions,
        besides members: [(String, ShapeValue)] = []
    ) throws -> ShapeValue {
        try check(for: operation)
        let passed = try ResourceFilter.select(elements, by: filters.parsed(), of: operation)
        let part = try select(passed, of: operation)
        var answer: ShapeValue.Structure = [:]
        for (name, value) in members { answer.append(name, value) }
        answer.append(name, .list(part.elements))
        if let token = part.nextToken { answer.append("NextToken", .string(token)) }
        return .structure(answer)
    }
}

extension Lab {
    /// The route server with an id; unlike elsewhere in rslab, its name is not accepted, as in AWS.
    func routeServerDescription(_ id: String) throws -> RouteServerDescription {
        guard let server = try routeServerDescriptions().first(where: { $0.resourceID == id }) else {
            throw RouteServerRefusal.notFound(.routeServer, id)
        }
        return server
    }

    /// - Throws: `RouteServerRefusal` if the id is not a route table's.
    func checkRouteTable(_ id: String) throws(RouteServerRefusal) {
        guard state.model.routeTables.contains(where: { $0.id == id }) else { throw .notFound(.routeTable, id) }
    }

    /// - Throws: `RouteServerRefusal` if the id is not the VPC's.
    func checkVPC(_ id: String) throws(RouteServerRefusal) {
        guard state.model.id == id else { throw .notFound(.vpc, id) }
    }

    /// - Throws: `RouteServerRefusal` if there is no endpoint with the id.
    func checkEndpoint(_ id: String) throws {
        guard try routeServerDescriptions().flatMap(\.endpoints).contains(where: { $0.endpoint.resourceID == id })
        else { throw RouteServerRefusal.notFound(.endpoint, id) }
    }
}

extension RouteServerRefusal.ObjectKind {
    /// The elements with the given ids; all of them without ids.
    ///
    /// - Throws: `RouteServerRefusal` for the first id that does not exist.
    func select(_ ids: [String], from elements: [(id: String, shape: ShapeValue)]) throws(RouteServerRefusal)
        -> [ShapeValue]
    {
        if let missing = ids.first(where: { id in !elements.contains { $0.id == id } }) {
            throw .notFound(self, missing)
        }
        return elements.filter { ids.isEmpty || ids.contains($0.id) }.map(\.shape)
    }
}
