// SPDX-License-Identifier: MIT-0

/// A number and its noun, everywhere: "1 probe", "2 probes".
package func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
}
