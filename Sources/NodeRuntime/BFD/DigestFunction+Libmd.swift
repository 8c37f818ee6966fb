// SPDX-License-Identifier: MIT-0
package import BFD
internal import CLibmd

extension DigestFunction {
    /// MD5 and SHA1 as computed by libmd; does not allocate.
    package static func libmd(_ algorithm: Algorithm) -> DigestFunction {
        switch algorithm {
        case .md5:
            DigestFunction(.md5) { octets in
                var context = MD5_CTX()
                MD5Init(&context)
                octets.withUnsafeBytes { MD5Update(&context, $0.baseAddress, $0.count) }
                return result(of: .md5) { MD5Final($0, &context) }
            }
        case .sha1:
            DigestFunction(.sha1) { octets in
                var context = SHA1_CTX()
                SHA1Init(&context)
                octets.withUnsafeBytes { SHA1Update(&context, $0.baseAddress, $0.count) }
                return result(of: .sha1) { SHA1Final($0, &context) }
            }
        }
    }

    private static func result(
        of algorithm: Algorithm, _ finish: (UnsafeMutablePointer<UInt8>?) -> Void
    ) -> AuthenticationData {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: algorithm.octetCount) { octets in
            octets.initialize(repeating: 0)
            finish(octets.baseAddress)
            var result = AuthenticationData()
            for octet in octets { result.append(octet) }
            return result
        }
    }
}
