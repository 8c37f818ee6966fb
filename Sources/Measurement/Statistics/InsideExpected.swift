// SPDX-License-Identifier: MIT-0

/// How many valid trials are within what theory allows.
package struct InsideExpected: Hashable, Sendable, Codable {
    /// Trials whose detection, and whose outage, is inside the expected window.
    package var detection: Int
    package var outage: Int
    /// Trials in which one of the two is inside, and the other is not known to be outside.
    package var overall: Int
    /// Trials for which that is unknown, for example because there was nothing to detect.
    package var detectionUnknown: Int
    package var outageUnknown: Int
    /// Trials that theory does not allow, for either reason.
    package var outside: Int
    /// All valid trials.
    package var count: Int

    package init(_ trials: [Trial]) {
        let valid = trials.filter(\.validity.isValid)
        count = valid.count
        detection = valid.count { $0.expectedDetection.verdict == .inside }
        outage = valid.count { $0.expectedOutage.verdict == .inside }
        overall = valid.count { $0.expectedVerdict == .inside }
        detectionUnknown = valid.count { $0.expectedDetection.verdict == .unknown }
        outageUnknown = valid.count { $0.expectedOutage.verdict == .unknown }
        outside = valid.count { [.tooShort, .tooLong].contains($0.expectedVerdict) }
    }

    private enum CodingKeys: String, CodingKey {
        case detection, outage, overall, outside
        case count = "of"
        case detectionUnknown = "detection_unknown"
        case outageUnknown = "outage_unknown"
    }
}

extension Trial {
    /// The worse of the two verdicts on detection and outage; inside if one of them is and the other is unknown.
    package var expectedVerdict: ExpectedWindow.Verdict {
        let verdicts = [expectedDetection.verdict, expectedOutage.verdict]
        return verdicts.first { $0 == .tooLong || $0 == .tooShort } ?? verdicts.first { $0 == .inside } ?? .unknown
    }
}
