import Testing
// SPDX-License-Identifier: MIT-0
import WireFormat

struct InterfaceNameTests {
    @Test(arguments: ["a", "eth0", "br-172.16.0.0", "123456789012345"])
    func `a name of 1 to 15 characters is taken as it is`(text: String) {
        #expect(InterfaceName(text)?.text == text)
        #expect(InterfaceName(shortening: text).text == text)
    }

    @Test(arguments: [
        "", "1234567890123456", ".", "..", "a/b", "a b", "a\tb", "a:b", "veth%d", "\u{0}", "größe", "12345678901234é",
    ])
    func `a name that the kernel would refuse or change is refused`(text: String) throws {
        #expect(InterfaceName(text) == nil)
        let shortened = InterfaceName(shortening: text)
        #expect(InterfaceName(shortened.text) == shortened)
    }

    @Test func `a shortened name keeps a readable head and is the same everywhere`() {
        #expect(InterfaceName(shortening: "instance-rs-az1-eth0").text == "instance-47hzyr")
        #expect(InterfaceName(shortening: "subnet 1").text == "subnet_1-mzpwgk")
    }

    @Test func `names that differ behind the head stay apart`() {
        let names = Set((0..<10_000).map { InterfaceName(shortening: "instance-rs-az1-eth\($0)") })
        #expect(names.count == 10_000)
        #expect(names.allSatisfy { $0.text.utf8.count <= InterfaceName.maximumLength })
    }
}
