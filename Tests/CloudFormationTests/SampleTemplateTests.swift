// SPDX-License-Identifier: MIT-0
import CloudFormation
import Testing
import VPC
import WireFormat

/// AWS's own sample, as it is published.
@Suite struct SampleTemplateTests {
    private let model: VPCModel
    private let warnings: [Finding]

    init() throws {
        let template = try Template(
            text: Fixture.text("templates/aws-sample-rs-cf.yaml"), file: "aws-sample-rs-cf.yaml")
        model = try template.model()
        warnings = template.warnings
    }

    @Test func `nothing in it is doubtful`() {
        #expect(warnings == [])
    }
}
