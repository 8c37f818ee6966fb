// SPDX-License-Identifier: MIT-0
import Testing
import VPC

@Suite struct NodeNamesTests {
    @Test(arguments: [
        ("VPC-RS", "vpc-rs"), ("subnet-az1", "subnet-az1"), ("My Lab (test)", "my-lab-test"), ("--a__b--", "a-b"),
        ("", "fallback"), ("***", "fallback"), ("Ä", "fallback"),
        ("a23456789012345678901234567890-b-c", "a23456789012345678901234567890-b"),
        ("a234567890123456789012345678901-b", "a234567890123456789012345678901"),
    ])
    func `a name keeps small letters, digits and hyphens`(text: String, name: String) {
        #expect(NodeNames.safe(text, fallback: "fallback") == name)
    }

    @Test func `a name is given once`() {
        var names = NodeNames(reserved: ["vpc"])
        #expect(names.give("VPC", fallback: "x") == "vpc-2")
        #expect(names.give("Web", fallback: "x") == "web")
        #expect(names.give("web", fallback: "x") == "web-2")
        #expect(names.give("WEB", fallback: "x") == "web-3")
        let long = String(repeating: "a", count: 40)
        #expect(names.give(long, fallback: "x") == String(repeating: "a", count: 32))
        #expect(names.give(long, fallback: "x") == String(repeating: "a", count: 30) + "-2")
    }
}
