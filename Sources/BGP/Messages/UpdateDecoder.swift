// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

extension DecodedUpdate {
    /// Decodes the body of an UPDATE, with the error handling of RFC 7606.
    ///
    /// Throws only errors that end the session; milder ones are among the findings.
    package init(decodingBody body: RawSpan, options: CodecOptions) throws(NotificationMessage) {
        // Split by lengths first: the prefixes after the attributes are then found, whatever is wrong inside the
        // attributes (RFC 7606 section 4).
        var reader = ByteReader(body)
        var withdrawnReader: ByteReader
        var attributeReader: ByteReader
        do throws(TruncatedError) {
            withdrawnReader = try reader.readSubreader(Int(try reader.readUInt16()))
            attributeReader = try reader.readSubreader(Int(try reader.readUInt16()))
        } catch {
            // RFC 7606 section 3 b.
            throw NotificationMessage(.updateMessageError(.malformedAttributeList))
        }
        let hasAttributes = !attributeReader.isAtEnd
        guard let withdrawn = NetworkLayerReachability.decode(&withdrawnReader, family: .ipv4),
            let announced = NetworkLayerReachability.decode(&reader, family: .ipv4)
        else {
            // RFC 7606 sections 3 i and 3 j.
            throw NotificationMessage(.updateMessageError(.invalidNetworkField))
        }
        var decoder = PathAttributesDecoder(options: options)
        try decoder.decode(&attributeReader)
        var assembler = UpdateAssembler(
            withdrawn: withdrawn, announced: announced, hasAttributes: hasAttributes, decoder: decoder)
        self = try assembler.assemble()
    }
}

/// Combines the three fields of an UPDATE.
private struct UpdateAssembler {
    var withdrawn: [IPPrefix]
    var announced: [IPPrefix]
    var hasAttributes: Bool
    var decoder: PathAttributesDecoder

    mutating func assemble() throws(NotificationMessage) -> DecodedUpdate {
        if let endOfRIB { return DecodedUpdate(update: .endOfRIB(endOfRIB), findings: decoder.findings) }
        let announcesNothing = announced.isEmpty && (decoder.reachable?.prefixes.isEmpty ?? true)
        decoder.checkNextHop(classicNLRI: !announced.isEmpty)
        if announcesNothing {
            // Without reachable prefixes it is not certain that all prefixes were found (RFC 7606 section 5.2).
            if let error = decoder.treatAsWithdraw, decoder.hasAttributesBesidesUnreachable { throw error }
        } else {
            decoder.checkAnnouncement(classicNLRI: !announced.isEmpty)
        }
        withdrawn = admissible(withdrawn, .ipv4)
        announced = admissible(announced, .ipv4)
        if let unreachable = decoder.unreachable {
            withdrawn += admissible(unreachable.prefixes, unreachable.family)
        }
        if let reachable = decoder.reachable {
            let prefixes = admissible(reachable.prefixes, reachable.family)
            decoder.reachable?.prefixes = prefixes
        }
        return decoder.treatAsWithdraw == nil ? accepted() : withdrawnInstead()
    }

    /// The family, if this is an End-of-RIB marker (RFC 4724 section 2).
    private var endOfRIB: AddressFamily? {
        guard withdrawn.isEmpty, announced.isEmpty else { return nil }
        guard hasAttributes else { return .ipv4 }
        guard !decoder.hasAttributesBesidesUnreachable, decoder.findings.isEmpty,
            let unreachable = decoder.unreachable, unreachable.prefixes.isEmpty
        else { return nil }
        return unreachable.family
    }

    /// Leaves out prefixes that were not negotiated.
    ///
    /// Those that cannot be a route are noted here, and ignored by whoever stores routes, with that as the reason (RFC
    /// 4271 section 6.3, last paragraph but one).
    private mutating func admissible(_ prefixes: [IPPrefix], _ family: AddressFamily) -> [IPPrefix] {
        guard !prefixes.isEmpty else { return prefixes }
        guard decoder.options.families.contains(family) else {
            decoder.note(.ignored, "\(prefixes.count) prefixes of \(family.rawValue), which was not negotiated")
            return []
        }
        if let multicast = prefixes.first(where: NetworkLayerReachability.isMulticast) {
            decoder.note(.ignored, "multicast prefix \(multicast)")
        }
        return prefixes
    }

    private func accepted() -> DecodedUpdate {
        let reachable = decoder.reachable
        let hasMultiprotocol = !(reachable?.prefixes.isEmpty ?? true)
        var result = DecodedUpdate(update: UpdateMessage(withdrawn: withdrawn), findings: decoder.findings)
        if !announced.isEmpty, let nextHop = decoder.nextHop {
            result.update.announced = announced
            result.update.attributes = decoder.attributes(nextHop: .v4(nextHop))
        }
        guard hasMultiprotocol, let reachable else { return result }
        let attributes = decoder.attributes(nextHop: reachable.nextHop)
        if announced.isEmpty {
            result.update.announced = reachable.prefixes
            result.update.attributes = attributes
        } else {
            result.multiprotocolUpdate = UpdateMessage(attributes: attributes, announced: reachable.prefixes)
        }
        return result
    }

    /// RFC 7606 section 2: as if all its routes had been listed as withdrawn.
    private func withdrawnInstead() -> DecodedUpdate {
        DecodedUpdate(
            update: UpdateMessage(withdrawn: withdrawn + announced + (decoder.reachable?.prefixes ?? [])),
            findings: decoder.findings)
    }
}
