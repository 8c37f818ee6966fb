// SPDX-License-Identifier: MIT-0
package import SourceText
internal import TOMLKit

extension SpeakerSettings {
    /// The text of a gobgpd.conf with every neighbour's hold time replaced, and its keepalive interval set to a third
    /// of that.
    ///
    /// For a daemon that reads the text itself; the rest of the text is unchanged.
    package static func text(
        _ excerpt: SourceExcerpt, offeringHoldTimeSeconds seconds: UInt16, file: String
    ) throws(ConfigurationError) -> String {
        // Reports errors with their place, and keeps away from toml++ what would make it end the process.
        _ = try parse(excerpt, file: file)
        do {
            let table = try TOMLTable(string: excerpt.text)
            for neighbor in table["neighbors"]?.array ?? TOMLArray() {
                guard let neighbor = neighbor.table else { continue }
                if neighbor["timers"]?.table == nil { neighbor["timers"] = TOMLTable() }
                guard let timers = neighbor["timers"]?.table else { continue }
                if timers["config"]?.table == nil { timers["config"] = TOMLTable() }
                timers["config"]?.table?["hold-time"] = Int(seconds)
                timers["config"]?.table?["keepalive-interval"] = max(Int(seconds) / 3, seconds == 0 ? 0 : 1)
            }
            return table.convert(to: .toml)
        } catch {
            throw ConfigurationError(
                findings: [.init(severity: .error, file: file, position: excerpt.start, message: "\(error)")])
        }
    }
}
