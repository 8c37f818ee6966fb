// SPDX-License-Identifier: MIT-0
import SourceText

/// A node of the template with its place, and with intrinsic functions distinguished from mappings.
///
/// Short (`!Ref X`) and long forms (`Ref: X`) give the same node.
struct SourceNode {
    indirect enum Content {
        case scalar(SourcedText)
        /// An empty plain scalar, `null` or `~`.
        case null
        case sequence([SourceNode])
        case mapping([Entry])
        case function(Intrinsic, SourceNode)
        /// Wrong: the log has the finding, and a reader of the value does without it.
        case invalid
    }

    struct Entry {
        var key: String
        var keyPosition: SourcePosition
        var value: SourceNode
    }

    var content: Content
    var position: SourcePosition

    /// What a reader calls this kind of node.
    var kindName: String {
        switch content {
        case .scalar: "a value"
        case .null, .invalid: "nothing"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .function(let intrinsic, _): "\(intrinsic.longName)"
        }
    }

    var entries: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    var elements: [SourceNode]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// The text of a scalar.
    var text: String? {
        guard case .scalar(let text) = content else { return nil }
        return text.text
    }

    subscript(key: String) -> SourceNode? {
        entries?.first { $0.key == key }?.value
    }
}

/// The intrinsic functions of CloudFormation.
enum Intrinsic: String, CaseIterable {
    case ref = "Ref"
    case getAtt = "GetAtt"
    case sub = "Sub"
    case select = "Select"
    case getAZs = "GetAZs"
    case join = "Join"
    case split = "Split"
    case base64 = "Base64"
    case findInMap = "FindInMap"
    case cidr = "Cidr"
    case length = "Length"
    case `if` = "If"
    case equals = "Equals"
    case and = "And"
    case or = "Or"
    case not = "Not"
    case condition = "Condition"
    case importValue = "ImportValue"
    case transform = "Transform"
    case toJSONString = "ToJsonString"

    /// The function of a key such as `Ref` or `Fn::Sub`; nil for any other key.
    ///
    /// `Condition` is an ordinary key outside of condition functions, so its long form is not distinguished here.
    init?(key: String) {
        if key == "Ref" {
            self = .ref
        } else if key.hasPrefix("Fn::"), let intrinsic = Intrinsic(rawValue: String(key.dropFirst(4))),
            intrinsic != .ref, intrinsic != .condition
        {
            self = intrinsic
        } else {
            return nil
        }
    }

    var longName: String {
        switch self {
        case .ref, .condition: rawValue
        default: "Fn::\(rawValue)"
        }
    }

    /// Whether it gives true or false and so belongs under `Conditions`.
    var isConditionFunction: Bool {
        switch self {
        case .equals, .and, .or, .not, .condition: true
        default: false
        }
    }
}
