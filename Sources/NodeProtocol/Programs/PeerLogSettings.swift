// SPDX-License-Identifier: MIT-0

/// Where a route server logs what its peers did, and what it fills in for a region and an account.
package struct PeerLogSettings: Codable, Hashable, Sendable {
    package var path: String
    /// Those of a template's pseudo parameters, as a lab is in no account.
    package var region: String
    package var account: String

    package init(path: String, region: String = "us-east-1", account: String = "123456789012") {
        self.path = path
        self.region = region
        self.account = account
    }
}
