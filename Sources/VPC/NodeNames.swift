// SPDX-License-Identifier: MIT-0

/// Gives out names that are safe as a host name, an interface alias and a path component, each one once.
package struct NodeNames: Sendable {
    /// The maximum number of characters in a name.
    package static let maximumLength = 32

    /// The names of a lab's own nodes, links, programs and files, and names that the kernel does not allow for links.
    ///
    /// Links of the router are named after subnets, ports of a subnet after instances and endpoints, and an instance's
    /// files are next to those of the lab's init. `all` and `default` already exist under /proc/sys/net.
    package static let reservedByLab: Set<String> = [
        "all", "bridge0", "default", "host", "igw", "init", "internet", "lab", "lo", "route-server", "rs", "vpc",
        "watcher",
    ]

    private var given: Set<String>

    /// - Parameter reserved: Names that are never given.
    package init(reserved: Set<String> = []) {
        given = reserved
    }

    /// The text in lower case with everything but letters, digits and hyphens replaced; `fallback` if nothing is left.
    package static func safe(_ text: String, fallback: String) -> String {
        var name = ""
        for scalar in text.lowercased().unicodeScalars.prefix(4 * maximumLength) {
            switch scalar {
            case "a"..."z", "0"..."9": name.unicodeScalars.append(scalar)
            default:
                if !name.isEmpty, !name.hasSuffix("-") { name += "-" }
            }
        }
        return trimmed(name, to: maximumLength) ?? fallback
    }

    /// A safe name made from the text, with -2, -3, … appended if it has been given before.
    package mutating func give(_ text: String, fallback: String) -> String {
        let name = Self.safe(text, fallback: fallback)
        if given.insert(name).inserted { return name }
        var number = 2
        while true {
            let suffix = "-\(number)"
            let candidate = (Self.trimmed(name, to: Self.maximumLength - suffix.count) ?? "") + suffix
            if given.insert(candidate).inserted { return candidate }
            number += 1
        }
    }

    private static func trimmed(_ name: String, to length: Int) -> String? {
        var name = name.prefix(length)
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? nil : String(name)
    }
}
