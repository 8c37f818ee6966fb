// SPDX-License-Identifier: MIT-0
package import LabHost
package import Measurement

/// A trial with what it was computed from.
package struct MeasuredTrial {
    /// Which run of a sweep it belongs to, from 0.
    package var run: Int
    package var trial: Trial
    package var records: TrialRecords
    /// The lab, as it was found before the trial.
    package var lab: Lab
}
