// SPDX-License-Identifier: MIT-0
internal import CLibmd
package import LabModel
package import Measurement

extension RunProvenance {
    /// Adds from which template, and with which configurations, a lab runs.
    package mutating func record(_ state: LabState) {
        template = Template(state.request)
        configurations = state.speakers.flatMap { $0.configurationsAsRun(of: state.options.speaker) }
    }
}

extension RunProvenance.Template {
    package init(_ request: LabRequest) {
        self.init(
            source: request.source, digest: RunProvenance.digest(Array(request.templateText.utf8)),
            text: request.templateText, parameters: request.parameters)
    }
}

extension RunProvenance {
    /// The SHA-256 of octets (FIPS 180-4), in hexadecimal.
    package static func digest(_ octets: [UInt8]) -> String {
        var context = SHA2_CTX()
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256Init(&context)
        SHA256Update(&context, octets, octets.count)
        SHA256Final(&digest, &context)
        return digest.map { octet in (octet < 16 ? "0" : "") + String(octet, radix: 16) }.joined()
    }
}

extension InstanceSpeaker {
    /// The files that its programs read, and the commands that they get afterwards.
    func configurationsAsRun(of kind: LabOptions.SpeakerKind) -> [RunProvenance.Configuration] {
        let texts: [(file: String, text: String)] =
            switch kind {
            case .builtin, .gobgpd:
                [("gobgpd.conf", configurationText)]
                    + announcementWords.map { ("gobgp", "gobgp global rib add \($0.joined(separator: " "))") }
            case .bird, .frr:
                daemonConfigurations.sorted { $0.key < $1.key }.map { ("\($0.key).conf", $0.value) }
            }
        return texts.map { RunProvenance.Configuration(instance: instance, file: $0.file, text: $0.text) }
    }
}
