// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An UPDATE: withdrawn routes, and routes that share one set of attributes (RFC 4271 section 4.3).
///
/// Prefixes of all families are in the same lists; the codec chooses between the classic fields and MP_REACH_NLRI or
/// MP_UNREACH_NLRI. Withdrawals come first: a prefix in both lists is announced (RFC 4271 section 4.3).
package struct UpdateMessage: Hashable, Sendable {
    package var withdrawn: [IPPrefix]
    /// Present if and only if something is announced.
    package var attributes: PathAttributes?
    package var announced: [IPPrefix]
    private var endOfRIBFamily: AddressFamily?

    package init(withdrawn: [IPPrefix] = [], attributes: PathAttributes? = nil, announced: [IPPrefix] = []) {
        self.withdrawn = withdrawn
        self.attributes = attributes
        self.announced = announced
        endOfRIBFamily = nil
    }

    /// The End-of-RIB marker of a family (RFC 4724 section 2).
    package static func endOfRIB(_ family: AddressFamily) -> UpdateMessage {
        var message = UpdateMessage()
        message.endOfRIBFamily = family
        return message
    }

    /// Whether this is the End-of-RIB marker of the family.
    package func isEndOfRIB(_ family: AddressFamily) -> Bool {
        endOfRIB == family
    }

    /// The family whose End-of-RIB marker this is; nil for any other UPDATE.
    package var endOfRIB: AddressFamily? {
        withdrawn.isEmpty && announced.isEmpty ? endOfRIBFamily : nil
    }
}
