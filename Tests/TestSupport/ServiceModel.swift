// SPDX-License-Identifier: MIT-0
package import Testing

/// AWS's service model of the EC2 API, as the botocore in `.build/botocore` ships it.
package enum ServiceModel {
    /// What `Tests/ServiceModel/check.py` compares.
    package enum Subject: String, Sendable {
        /// One JSON object a line: `{"operation": "DescribeRouteServers", "answer": …}`.
        case answers
        /// What `rslab --experimental-dump-help` prints.
        case commands
    }

    fileprivate static let check = PythonCheck(package: "botocore", script: "ServiceModel/check.py")

    /// Compares, and returns whether nothing differs, with what the script printed.
    package static func compare(_ subject: Subject, _ input: String) throws -> (agrees: Bool, report: String) {
        let (passes, report) = try check.run([subject.rawValue], input: input)
        return (passes, report)
    }
}

extension Trait where Self == ConditionTrait {
    /// The test asks AWS's service model: skipped if botocore is not installed, but failed if CI is set.
    package static var requiresServiceModel: Self {
        requires(
            ServiceModel.check.isInstalled,
            "needs botocore 1.44 or newer in .build/botocore, which scripts/test fetches where PyPI can be reached")
    }
}
