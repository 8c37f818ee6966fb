// SPDX-License-Identifier: MIT-0
import SourceText
import WireFormat

/// The functions that split and join lists.
extension Evaluator {
    func select(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, elements.count == 2 else {
            log.error(position, "Fn::Select takes an index and a list")
            return nil
        }
        guard let index = evaluate(elements[0]), let list = evaluate(elements[1]) else { return nil }
        guard let number = index.text.flatMap({ Int($0) }), let values = list.list else {
            log.error(position, "Fn::Select takes an index and a list")
            return nil
        }
        guard values.indices.contains(number) else {
            log.error(position, "Fn::Select: there is no element \(number) in a list of \(values.count)")
            return nil
        }
        return Value(values[number].content, at: position)
    }

    func availabilityZones(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let value = evaluate(argument) else { return nil }
        let region = value.text.flatMap { $0.isEmpty ? nil : $0 } ?? Self.region
        let letters = region == Self.region ? "abcdef" : "abc"
        return Value(.list(letters.map { Value(text: "\(region)\($0)", at: position) }), at: position)
    }

    func join(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, elements.count == 2 else {
            log.error(position, "Fn::Join takes a delimiter and a list")
            return nil
        }
        guard let delimiter = evaluate(elements[0]), let list = evaluate(elements[1]) else { return nil }
        guard let delimiter = delimiter.sourcedText, let values = list.list else {
            log.error(position, "Fn::Join takes a delimiter and a list")
            return nil
        }
        var result = SourcedText("", line: values.first?.position.line ?? position.line)
        for (index, value) in values.enumerated() {
            guard let text = value.sourcedText else {
                log.error(value.position, "Fn::Join joins values, not \(value.kindName)")
                return nil
            }
            if index > 0 { result.append(SourcedText(delimiter.text, line: text.lines[0].number)) }
            result.append(text)
            guard let checked = limited(result, at: position)?.sourcedText else { return nil }
            result = checked
        }
        return Value(.text(result), at: position)
    }

    func split(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, elements.count == 2 else {
            log.error(position, "Fn::Split takes a delimiter and a text")
            return nil
        }
        guard let delimiter = evaluate(elements[0]), let value = evaluate(elements[1]) else { return nil }
        guard let delimiter = delimiter.text, !delimiter.isEmpty, let text = value.text else {
            log.error(position, "Fn::Split takes a delimiter and a text")
            return nil
        }
        let parts = text.split(separator: delimiter, omittingEmptySubsequences: false)
        return Value(.list(parts.map { Value(text: String($0), at: position) }), at: position)
    }

    func encode(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let value = evaluate(argument) else { return nil }
        guard var text = value.sourcedText else {
            log.error(position, "Fn::Base64 takes a text, not \(value.kindName)")
            return nil
        }
        text.isEncoded = true
        return Value(.text(text), at: position)
    }

    func findInMap(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, (3...4).contains(elements.count) else {
            log.error(position, "Fn::FindInMap takes the names of a map, of a first and of a second key")
            return nil
        }
        var keys: [String] = []
        for element in elements.prefix(3) {
            guard let value = evaluate(element) else { return nil }
            guard let text = value.text else {
                log.error(element.position, "Fn::FindInMap takes names, not \(value.kindName)")
                return nil
            }
            keys.append(text)
        }
        if let node = document.mappings[keys[0]]?[keys[1]]?[keys[2]] {
            return evaluate(node).map { Value($0.content, at: position) }
        }
        if elements.count == 4, let fallback = elements[3]["DefaultValue"] { return evaluate(fallback) }
        guard let map = document.mappings[keys[0]] else {
            log.error(
                position,
                "unknown map '\(keys[0])'\(suggestion(for: keys[0], among: document.mappings.keys))")
            return nil
        }
        let (key, known) =
            map[keys[1]].map { (keys[2], Array($0.keys)) } ?? (keys[1], Array(map.keys))
        log.error(position, "map '\(keys[0])' has no key '\(key)'\(suggestion(for: key, among: known))")
        return nil
    }

    /// Fn::Cidr: a block divided into smaller ones.
    func divide(_ argument: SourceNode, at position: SourcePosition) -> Value? {
        guard let elements = argument.elements, (2...3).contains(elements.count) else {
            log.error(position, "Fn::Cidr takes a block, a count and the bits of each part")
            return nil
        }
        let values = elements.map { evaluate($0) }
        guard !values.contains(where: { $0 == nil }) else { return nil }
        let texts = values.map { $0?.text ?? "" }
        let bits = texts.count == 3 ? texts[2] : "8"
        guard let block = IPPrefix(texts[0]), let count = Int(texts[1]), (1...256).contains(count),
            let bits = Int(bits), bits >= 1, bits <= block.family.bitWidth - block.length
        else {
            log.error(position, "Fn::Cidr takes a block, a count up to 256 and the bits of each part")
            return nil
        }
        let roomBits = block.family.bitWidth - block.length - bits
        guard roomBits >= 8 || count <= 1 << roomBits else {
            log.error(position, "Fn::Cidr: \(block) has no room for \(count) blocks of \(bits) bits")
            return nil
        }
        let blocks = (0..<count).map { Self.part($0, of: block, bits: bits) }
        return Value(.list(blocks.map { Value(text: "\($0)", at: position) }), at: position)
    }

    /// One of the parts of a block with `bits` address bits each.
    private static func part(_ index: Int, of block: IPPrefix, bits: Int) -> IPPrefix {
        let length = block.family.bitWidth - bits
        switch block.address {
        case .v4(let base):
            return IPPrefix(masking: .v4(IPv4Address(bits: base.bits | UInt32(index) << UInt32(bits))), length: length)
        case .v6(let base):
            let number = (UInt128(base.high) << 64 | UInt128(base.low)) | UInt128(index) << UInt128(bits)
            let address = IPv6Address(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number))
            return IPPrefix(masking: .v6(address), length: length)
        }
    }
}
