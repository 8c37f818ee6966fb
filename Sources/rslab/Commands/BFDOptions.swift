// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import LabModel

/// How BFD runs in a lab, apart from its timers.
struct BFDOptions: ParsableArguments {
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
        (bfdAuth == nil ? [] : ["--bfd-auth"]) + (bfdPassive.isEmpty ? [] : ["--bfd-passive"])
    }

    private static func authentication(_ text: String) throws -> BFDAuthentication {
        do throws(BFDAuthentication.ParseError) {
            return try BFDAuthentication(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Refuses what a speaker's daemon does not support.
    func check(for speaker: LabOptions.SpeakerKind) throws {
        if !given.isEmpty, speaker == .gobgpd {
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

extension LabOptions.BFDSide: ExpressibleByArgument {}

extension BFDTimers: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
