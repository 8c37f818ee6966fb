// SPDX-License-Identifier: MIT-0

/// Where a route server logs its peers' events, and the region and account in each line.
package struct PeerLogSettings: Codable, Hashable, Sendable {
    package var path: String
    /// Those of a template's pseudo parameters, since a lab has no account.
    package var region: String
    package var account: String

    package init(path: String, region: String = "us-east-1", account: String = "123456789012") {
        self.path = path
        self.region = region
        self.account = account
    }
}
