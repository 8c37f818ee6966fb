// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import LabModel
internal import WireFormat

/// Which speakers a lab has, and their sessions.
struct SpeakerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The BGP speaker on the instances: builtin (the default), or Debian's gobgpd, bird or frr.",
            valueName: "SPEAKER"))
    var speaker: ValueList<LabOptions.SpeakerKind>?

    @Option(help: .time("The hold time that both sides offer, such as 3s; 0 switches it off.", numberIn: .seconds))
    var hold: ValueList<HoldTime>?

    @Option(
        help: ArgumentHelp(
            "BFD on every session, such as 50msx3, or off (a number alone is in milliseconds); by default as in the template (assumed timers:"
                + " 300msx3). For comparison: 10ms..300ms, which is 10, 20, 50, 100, 200 and 300 ms.",
            valueName: "INTERVALxMULTIPLIER"))
    var bfd: BFDSettings?

    @Option(
        help: ArgumentHelp(
            "Authenticate BFD, such as meticulous-keyed-sha1:1:secret: simple-password, keyed-md5,"
                + " meticulous-keyed-md5, keyed-sha1 or meticulous-keyed-sha1, a key ID of 0 to 255, and the secret.",
            valueName: "TYPE:KEY-ID:SECRET"), transform: Self.authentication)
    var bfdAuth: BFDAuthentication?

    @Option(
        help: ArgumentHelp(
            "Which side is passive and sends nothing until it receives a packet: speakers or route-server; repeatable,"
                + " but with both no session comes up.",
            valueName: "SIDE"))
    var bfdPassive: [LabOptions.BFDSide] = []

    /// Those of these options that were given.
    var given: [String] {
        let all = [
            "--speaker": speaker != nil, "--hold": hold != nil, "--bfd": bfd != nil, "--bfd-auth": bfdAuth != nil,
            "--bfd-passive": !bfdPassive.isEmpty,
        ]
        return Array(all.filter(\.value).keys)
    }

    func validate() throws {
        for hold in hold?.values ?? [] {
            if let problem = hold.problem(of: "--hold") { throw ValidationError(problem) }
        }
        if bfd?.values.contains(where: { $0 != .off }) == true, speaker?.values.contains(.gobgpd) == true {
            throw ValidationError(
                "--bfd is not for --speaker gobgpd: Debian's has no BFD; use builtin, bird or frr")
        }
        for speaker in speaker?.values ?? [] { try check(for: speaker) }
    }

    private static func authentication(_ text: String) throws -> BFDAuthentication {
        do throws(BFDAuthentication.ParseError) {
            return try BFDAuthentication(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Refuses what a speaker's daemon does not support.
    private func check(for speaker: LabOptions.SpeakerKind) throws {
        if bfdAuth != nil || !bfdPassive.isEmpty, speaker == .gobgpd {
            throw ValidationError(
                "--bfd-auth and --bfd-passive are not for --speaker gobgpd: Debian's has no BFD; use builtin, bird"
                    + " or frr")
        }
        if bfdAuth != nil, speaker == .frr {
            throw ValidationError(
                "--bfd-auth is not for --speaker frr: its bfdd does not support authentication; use builtin or bird")
        }
    }
}

extension LabOptions.SpeakerKind: ExpressibleByArgument {}

extension LabOptions.BFDSide: ExpressibleByArgument {}

extension BFDTimers: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
