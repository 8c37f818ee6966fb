// SPDX-License-Identifier: MIT-0

/// How the packets of a session are authenticated (RFC 5880 section 6.7).
package struct Authentication: Sendable {
    package enum Method: Sendable {
        case simplePassword
        case keyed(DigestFunction, isMeticulous: Bool)
    }

    /// A password or key, and its ID in packets.
    package struct Key: Hashable, Sendable {
        package var id: UInt8
        package var secret: AuthenticationData

        package init(id: UInt8, secret: AuthenticationData) {
            self.id = id
            self.secret = secret
        }
    }

    package var method: Method
    /// The key for our own packets.
    package var sendingKey: Key
    /// Other keys that the peer may use.
    package var otherKeys: [Key]

    package init(_ method: Method, sendingKey: Key, otherKeys: [Key] = []) {
        self.method = method
        self.sendingKey = sendingKey
        self.otherKeys = otherKeys
    }

    /// Auth Type, and bfd.AuthType.
    package var type: AuthenticationType {
        switch method {
        case .simplePassword: .simplePassword
        case .keyed(let function, let isMeticulous):
            switch (function.algorithm, isMeticulous) {
            case (.md5, false): .keyedMD5
            case (.md5, true): .meticulousKeyedMD5
            case (.sha1, false): .keyedSHA1
            case (.sha1, true): .meticulousKeyedSHA1
            }
        }
    }

    func secret(of keyID: UInt8) -> AuthenticationData? {
        if sendingKey.id == keyID { return sendingKey.secret }
        return otherKeys.first { $0.id == keyID }?.secret
    }

    /// Errors in the settings, one sentence each; empty if they are valid.
    package var problems: [String] {
        let limit =
            switch method {
            case .simplePassword: AuthenticationSection.passwordOctetCounts.upperBound
            case .keyed(let function, _): function.algorithm.octetCount
            }
        let keys = [sendingKey] + otherKeys
        var problems = keys.filter { !(1...limit).contains($0.secret.count) }.map {
            "key \($0.id) has \($0.secret.count) octets: 1 to \(limit) are allowed for \(type)"
        }
        if Set(keys.map(\.id)).count < keys.count { problems.append("two keys have the same ID") }
        return problems
    }
}
