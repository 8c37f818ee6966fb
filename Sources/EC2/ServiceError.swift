// SPDX-License-Identifier: MIT-0
package import RouteServer

/// EC2's answer to a request that it does not carry out.
package struct ServiceError: Error, Hashable, Sendable {
    /// Such as `InvalidRouteServerId.NotFound`.
    package var code: String
    package var message: String

    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error for a route server's refusal.
    package init(_ refusal: RouteServerRefusal) {
        self.init(refusal.code, "\(refusal)")
    }

    /// The answer of every operation to a dry run with sufficient permission.
    package static let dryRun = ServiceError(
        "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")

    /// The AWS CLI's sentence for it.
    package func text(calling operation: Operation) -> String {
        "An error occurred (\(code)) when calling the \(operation.rawValue) operation: \(message)"
    }
}

/// A mistake that the AWS CLI reports without sending a request.
package struct RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }

    /// The AWS CLI's message for values that the service model does not allow.
    static func validation(_ problem: String) -> RequestError {
        RequestError("Parameter validation failed:\n\(problem)")
    }
}
