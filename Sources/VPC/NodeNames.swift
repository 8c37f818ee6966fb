// SPDX-License-Identifier: MIT-0

/// Names that are safe as a host name, an interface alias and a path component, each given once.
package struct NodeNames: Sendable {
    /// The most characters a name has.
    package static let maximumLength = 32

    /// What a lab calls its own nodes, links, programs and files, and what the kernel lets no link be called.
    ///
    /// Links of the router are named after subnets, ports of a subnet after instances and endpoints, and what belongs to
    /// an instance lies beside the files of the lab's init. `all` and `default` are taken under /proc/sys/net.
    package static let reservedByLab: Set<String> = [
        "all", "bridge0", "default", "host", "igw", "init", "internet", "lab", "lo", "route-server", "rs", "vpc",
        "watcher",
    ]

    private var given: Set<String>

    /// Names in `reserved` are never given.
    package init(reserved: Set<String> = []) {
        given = reserved
    }

    /// The text in lower case with everything but letters, digits and hyphens replaced; `fallback` where nothing is left.
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

    /// A safe name made from the text, with -2, -3, … behind it if it was given before.
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
