// SPDX-License-Identifier: MIT-0
package import BGP
package import SourceText
package import WireFormat

/// The settings in a gobgpd.conf.
package struct SpeakerSettings: Hashable, Sendable, Codable {
    package static let defaultListenPort: UInt16 = 179

    package var asn: ASN
    package var routerID: IPv4Address
    /// Nil if the speaker does not listen (`port = -1`).
    package var listenPort: UInt16?
    /// The addresses to listen on; all addresses if the list is empty.
    package var listenAddresses: [IPAddress]
    package var neighbors: [SessionConfiguration]
    /// The local address for dialling, by neighbour address, if the configuration sets one.
    package var localAddresses: [IPAddress: IPAddress]
    /// The AS numbers to prepend for a neighbour, by neighbour address, if there are any.
    package var exportPrepends: [IPAddress: [ASN]]

    package init(
        asn: ASN, routerID: IPv4Address, listenPort: UInt16? = defaultListenPort, listenAddresses: [IPAddress] = [],
        neighbors: [SessionConfiguration] = [], localAddresses: [IPAddress: IPAddress] = [:],
        exportPrepends: [IPAddress: [ASN]] = [:]
    ) {
        self.asn = asn
        self.routerID = routerID
        self.listenPort = listenPort
        self.listenAddresses = listenAddresses
        self.neighbors = neighbors
        self.localAddresses = localAddresses
        self.exportPrepends = exportPrepends
    }

    /// Reads the text of a gobgpd.conf (TOML), with GoBGP's defaults.
    ///
    /// Two defaults differ: connections are retried after 1 s, not 120 s, and the pause after an error is 1 s, not 30
    /// s, because the measurements need that (RFC 7747 section 4.4: ConnectRetry 1 s, damping off). The warnings name
    /// what has no effect here; all mistakes are collected before it throws.
    package static func parse(
        _ excerpt: SourceExcerpt, file: String
    ) throws(ConfigurationError) -> (settings: SpeakerSettings, warnings: [Finding]) {
        let reader = SettingsReader(excerpt, file: file)
        let settings = reader.read()
        guard let settings, !reader.findings.contains(where: { $0.severity == .error }) else {
            throw ConfigurationError(findings: reader.findings)
        }
        return (settings, reader.findings)
    }
}
