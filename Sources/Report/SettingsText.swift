// SPDX-License-Identifier: MIT-0
package import Measurement

extension TextReport {
    /// A lab's settings, and which of them are assumed; settings documented by AWS are left out.
    package func render(_ settings: [StatedSetting]) -> String {
        var text = LabelledText(style: style, width: width)
        for (label, bases) in [("set", [StatedSetting.Basis.asked, .template]), ("assumed", [.assumed])] {
            let stated = settings.filter { bases.contains($0.basis) }
            guard !stated.isEmpty else { continue }
            text.add(label, stated.map { "\($0.name): \($0.value)" }.joined(separator: "; "), .faint)
        }
        return text.text
    }
}
