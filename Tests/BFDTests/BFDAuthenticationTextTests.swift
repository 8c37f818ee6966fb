// SPDX-License-Identifier: MIT-0
import BFD
import Foundation
import Testing

@Suite struct BFDAuthenticationTextTests {
    @Test(arguments: BFDAuthentication.Kind.allCases)
    func `type, key ID and secret are read, and the secret may have colons`(kind: BFDAuthentication.Kind) throws {
        let authentication = try BFDAuthentication("\(kind.rawValue):255:a:b c")
        #expect(authentication.kind == kind)
        #expect(authentication.keyID == 255)
        #expect(authentication.secret == "a:b c")
    }

    @Test(arguments: [
        ("keyed-sha1", "such as meticulous-keyed-sha1:1:secret"),
        ("keyed-sha2:1:x", "'keyed-sha2' is not an authentication type"),
        ("keyed-md5:256:x", "'256' is not a key ID"), ("keyed-md5:-1:x", "'-1' is not a key ID"),
        ("keyed-md5:1:", "a secret of 0 octets"), ("keyed-md5:1:seventeen octets!", "1 to 16 for keyed-md5"),
        ("simple-password:1:seventeen octets!", "1 to 16 for simple-password"),
        ("meticulous-keyed-sha1:1:twenty-one octets, no?", "a secret of 22 octets"), ("keyed-md5:1:a\nb", "control"),
    ])
    func `authentication that no session can use is refused with a reason`(text: String, reason: String) {
        let error = #expect(throws: BFDAuthentication.ParseError.self) { try BFDAuthentication(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `the longest secrets are allowed`() throws {
        #expect(try BFDAuthentication("keyed-md5:1:sixteen octets!!").secret.utf8.count == 16)
        #expect(try BFDAuthentication("keyed-sha1:1:exactly twenty octet").secret.utf8.count == 20)
    }

    @Test func `the secret is never printed, but is written to the configuration file`() throws {
        let authentication = try BFDAuthentication("meticulous-keyed-sha1:7:hush")
        var dumped = ""
        dump(authentication, to: &dumped)
        let settings = BFDSessionSettings(
            timers: .init(interval: .milliseconds(50), multiplier: 3), authentication: authentication)
        for text in ["\(authentication)", String(reflecting: authentication), dumped, "\(settings)"] {
            #expect(!text.contains("hush"))
        }
        #expect("\(authentication)" == "Meticulous Keyed SHA1, key 7")
        let copy = try JSONDecoder().decode(BFDAuthentication.self, from: JSONEncoder().encode(authentication))
        #expect(copy == authentication)
    }
}
