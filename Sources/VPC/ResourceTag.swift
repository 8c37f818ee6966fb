// SPDX-License-Identifier: MIT-0

/// A tag of an object, as in the template.
package struct ResourceTag: Hashable, Sendable, Codable {
    package var key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
