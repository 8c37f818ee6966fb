// SPDX-License-Identifier: MIT-0
package import SourceText
package import VPC

/// A CloudFormation template, read and evaluated.
///
/// Intrinsic functions, parameters, mappings and conditions are applied as in CloudFormation; resources that do not
/// affect a VPC's packets are skipped.
package struct Template: Sendable {
    /// Doubtful but deployable parts, in template order.
    package let warnings: [Finding]
    private let result: Result<VPCModel, TemplateError>

    /// Reads YAML or JSON text.
    ///
    /// `file` is the text's name in findings, and `parameters` replace defaults. Throws if the text is not a template
    /// at all; mistakes inside one come from `model()`.
    package init(
        text: String, file: String, parameters: [String: String] = [:]
    ) throws(TemplateError) {
        let log = FindingLog(file: file)
        guard let root = IntrinsicReader.read(text, log: log) else { throw TemplateError(findings: log.findings) }
        let document = TemplateDocument(root: root, log: log)
        var model: VPCModel?
        var references = ReferenceCheck(document: document, log: log)
        if references.run() {
            let evaluator = Evaluator(document: document, overrides: parameters, log: log)
            model = ModelBuilder(
                document: document, evaluator: evaluator, file: SourceFile(text), log: log
            ).build()
        }
        let findings = log.findings
        warnings = findings.filter { $0.severity == .warning }
        if let model, !log.hasErrors {
            result = .success(model)
        } else {
            result = .failure(TemplateError(findings: findings))
        }
    }

    /// The VPC that the template describes; throws everything that is wrong with it.
    package func model() throws(TemplateError) -> VPCModel {
        try result.get()
    }
}
