// SPDX-License-Identifier: MIT-0
package import RouteServer

/// What EC2 answers a request with that it does not carry out.
package struct ServiceError: Error, Hashable, Sendable {
    /// Such as `InvalidRouteServerId.NotFound`.
    package var code: String
    package var message: String

    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a route server refused.
    package init(_ refusal: RouteServerRefusal) {
        self.init(refusal.code, "\(refusal)")
    }

    /// What every operation answers where only the permission was asked for, and there is.
    package static let dryRun = ServiceError(
        "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")

    /// The sentence of the AWS CLI.
    package func text(calling operation: Operation) -> String {
        "An error occurred (\(code)) when calling the \(operation.rawValue) operation: \(message)"
    }
}

/// What the AWS CLI does not even ask EC2 for.
package struct RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }

    /// What the AWS CLI says of values that the service model does not allow.
    static func validation(_ problem: String) -> RequestError {
        RequestError("Parameter validation failed:\n\(problem)")
    }
}
