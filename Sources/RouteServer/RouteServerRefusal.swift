// SPDX-License-Identifier: MIT-0

/// Why the route server does not do what it was asked to.
///
/// `code` is what AWS's error of that kind is called where its documentation names one for EC2 as a whole; which of them a
/// route server gives is not published.
package enum RouteServerRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such object.
    case notFound(String)
    /// The object exists already.
    case duplicate(String)
    /// Something that belongs to the object has to be deleted before it.
    case dependencyViolation(String, dependent: String)
    /// The object is not in a state in which this can be done.
    case incorrectState(String, state: String)
    /// A value that is out of range.
    case invalidParameterValue(String)
    /// A value that has to be given.
    case missingParameter(String)
    /// As many objects as the quota allows are there.
    case limitExceeded(String, limit: Int)

    /// AWS's error code, or the nearest.
    package var code: String {
        switch self {
        case .notFound: "InvalidParameterValue.NotFound"
        case .duplicate: "InvalidParameterValue.Duplicate"
        case .dependencyViolation: "DependencyViolation"
        case .incorrectState: "IncorrectState"
        case .invalidParameterValue: "InvalidParameterValue"
        case .missingParameter: "MissingParameter"
        case .limitExceeded: "LimitExceeded"
        }
    }

    package var description: String {
        switch self {
        case .notFound(let object): "there is no \(object)"
        case .duplicate(let object): "there is \(object) already"
        case .dependencyViolation(let object, let dependent): "\(object) still has \(dependent): delete that first"
        case .incorrectState(let object, let state): "\(object) is \(state)"
        case .invalidParameterValue(let text), .missingParameter(let text): text
        case .limitExceeded(let objects, let limit): "there are \(limit) \(objects) already, which is the quota"
        }
    }
}
