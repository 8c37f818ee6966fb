// SPDX-License-Identifier: MIT-0
import WireFormat

/// The Authentication Section of a control packet (RFC 5880 sections 4.2 to 4.4).
package enum AuthenticationSection: Hashable, Sendable {
    case simplePassword(keyID: UInt8, password: AuthenticationData)
    case digest(DigestAuthentication)
    /// A type that no session here uses, with the octets after Auth Len.
    case other(AuthenticationType, data: [UInt8])

    package var type: AuthenticationType {
        switch self {
        case .simplePassword: .simplePassword
        case .digest(let digest): digest.type
        case .other(let type, _): type
        }
    }
}

/// The contents of the sections of the four keyed types (RFC 5880 sections 4.3 and 4.4).
package struct DigestAuthentication: Hashable, Sendable {
    package let type: AuthenticationType
    package var keyID: UInt8
    /// Zero on transmit and ignored on receipt, but covered by the digest.
    package var reserved: UInt8
    package var sequenceNumber: UInt32
    /// The digest; the key while the digest is calculated.
    package var digest: AuthenticationData

    let digestOctetCount: Int

    /// Nil for a type without a digest.
    package init?(
        type: AuthenticationType, keyID: UInt8, reserved: UInt8 = 0, sequenceNumber: UInt32,
        digest: AuthenticationData
    ) {
        guard let digestOctetCount = type.digestOctetCount else { return nil }
        self.type = type
        self.keyID = keyID
        self.reserved = reserved
        self.sequenceNumber = sequenceNumber
        self.digest = digest
        self.digestOctetCount = digestOctetCount
    }
}

// MARK: - Octets

extension AuthenticationSection {
    /// Auth Type and Auth Len.
    static let headerOctetCount = 2
    /// Auth Type, Auth Len and Auth Key ID, before the password.
    private static let passwordHeaderOctetCount = 3
    /// Auth Type, Auth Len, Auth Key ID, Reserved and Sequence Number, before the digest.
    private static let digestHeaderOctetCount = 8
    /// A password has 1 to 16 octets (RFC 5880 section 4.2).
    static let passwordOctetCounts = 1...16

    /// Auth Len.
    var encodedOctetCount: Int {
        switch self {
        case .simplePassword(_, let password): Self.passwordHeaderOctetCount + password.count
        case .digest(let digest): Self.digestHeaderOctetCount + digest.digestOctetCount
        case .other(_, let data): Self.headerOctetCount + data.count
        }
    }

    /// Whether a section of this type may have this length.
    private static func isLength(_ length: Int, soundFor type: AuthenticationType) -> Bool {
        if type == .simplePassword { return passwordOctetCounts.contains(length - passwordHeaderOctetCount) }
        guard let digestOctetCount = type.digestOctetCount else { return length >= headerOctetCount }
        return length == digestHeaderOctetCount + digestOctetCount
    }

    /// Decodes a section that fills the rest of the reader.
    init(decoding reader: inout ByteReader) throws(ControlPacketError) {
        let available = reader.remainingByteCount
        let type: AuthenticationType
        let length: Int
        do throws(TruncatedError) {
            type = AuthenticationType(rawValue: try reader.readUInt8())
            length = Int(try reader.readUInt8())
        } catch {
            throw .truncated(error)
        }
        // The section is everything after the 24 octets of the header (RFC 5880 section 6.8.7, Length).
        guard length == available else {
            throw .authenticationLengthMismatch(authLength: length, available: available)
        }
        guard Self.isLength(length, soundFor: type) else { throw .badAuthenticationLength(type, length: length) }
        do throws(TruncatedError) {
            try self.init(decodingDataOf: type, from: &reader)
        } catch {
            throw .truncated(error)
        }
    }

    /// Decodes the octets after Auth Len, which is valid for the type.
    private init(decodingDataOf type: AuthenticationType, from reader: inout ByteReader) throws(TruncatedError) {
        if type == .simplePassword {
            let keyID = try reader.readUInt8()
            self = .simplePassword(keyID: keyID, password: try AuthenticationData(decoding: &reader))
            return
        }
        guard type.digestOctetCount != nil else {
            self = .other(type, data: reader.readRemaining())
            return
        }
        let keyID = try reader.readUInt8()
        let reserved = try reader.readUInt8()
        let sequenceNumber = try reader.readUInt32()
        let digest = try AuthenticationData(decoding: &reader)
        guard
            let section = DigestAuthentication(
                type: type, keyID: keyID, reserved: reserved, sequenceNumber: sequenceNumber, digest: digest)
        else { preconditionFailure("a type with a digest has a section with one") }
        self = .digest(section)
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(type.rawValue)
        writer.write(UInt8(clamping: encodedOctetCount))
        switch self {
        case .simplePassword(let keyID, let password):
            writer.write(keyID)
            password.write(padding: password.count, into: &writer)
        case .digest(let digest):
            writer.write(digest.keyID)
            writer.write(digest.reserved)
            writer.write(digest.sequenceNumber)
            digest.digest.write(padding: digest.digestOctetCount, into: &writer)
        case .other(_, let data):
            writer.write(contentsOf: data)
        }
    }
}

extension AuthenticationData {
    /// Takes all remaining octets; the section's length has been checked.
    fileprivate init(decoding reader: inout ByteReader) throws(TruncatedError) {
        self.init()
        while !reader.isAtEnd { append(try reader.readUInt8()) }
    }
}
