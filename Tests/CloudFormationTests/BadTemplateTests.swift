// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import TestSupport
import Testing

/// Templates with one kind of mistake each, and everything that must be found in them.
@Suite struct BadTemplateTests {
    @Test(arguments: try Fixture.names(in: "templates/bad", suffix: ".yaml"))
    func `a bad template gives exactly the findings beside it`(name: String) throws {
        let error = #expect(throws: TemplateError.self) {
            _ = try Template(text: Fixture.text("templates/bad/\(name)"), file: name).model()
        }
        let found = (error?.description ?? "") + "\n"
        #expect(try found == Fixture.expected("templates/bad/\(name)", recording: found))
    }

    @Test func `a parameter that the template does not have is an error`() throws {
        let error = #expect(throws: TemplateError.self) {
            _ = try Template(
                text: BuiltinTemplate.text, file: "t.yaml", parameters: ["LivenesDetection": "bfd"]
            ).model()
        }
        #expect(
            error?.description
                == "t.yaml:1:1: error: a value was given for parameter 'LivenesDetection', which the template does not "
                + "have; did you mean 'LivenessDetection'?")
    }

    @Test func `a value that a parameter does not allow is an error`() throws {
        let error = #expect(throws: TemplateError.self) {
            _ = try Template(
                text: BuiltinTemplate.text, file: "t.yaml", parameters: ["LivenessDetection": "ping"]
            ).model()
        }
        #expect(
            error?.findings.map(\.message) == [
                "'ping' is not one of the values that parameter LivenessDetection allows: bgp-keepalive, bfd",
                "PeerLivenessDetection must be 'bfd' or 'bgp-keepalive', not 'ping'",
                "PeerLivenessDetection must be 'bfd' or 'bgp-keepalive', not 'ping'",
                "PeerLivenessDetection must be 'bfd' or 'bgp-keepalive', not 'ping'",
                "PeerLivenessDetection must be 'bfd' or 'bgp-keepalive', not 'ping'",
            ])
    }
}
