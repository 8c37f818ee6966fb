// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// How the active instance fails, and for how long.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the active instance fails, or several ways to compare; see --list-faults.", valueName: "FAULT"))
    var fault: ValueList<FaultName> = ValueList(.kill)
    @Option(
        help: ArgumentHelp("Of --fault loss: how many of 100 packets are lost; 20 unless told.", valueName: "PERCENT"))
    var loss: Double?
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long to watch a fault that moves nothing, such as soak; the longest of the timers unless told.",
            valueName: "TIME"))
    var watch: TimeArgument?

    var faults: [FaultName] { fault.values }

    /// The part of all packets that `loss` takes: 0...1.
    var lossShare: Double? { loss.map { $0 / 100 } }

    func validate() throws {
        if let loss {
            guard faults.contains(.loss) else { throw ValidationError("--loss is for --fault loss") }
            guard loss > 0, loss <= 100 else { throw ValidationError("--loss takes a percentage above 0, up to 100") }
        }
        if let watch {
            guard !Set(faults).isDisjoint(with: [.soak, .grey, .loss, .endpointDown, .bfdPartition]) else {
                throw ValidationError(
                    "--for is for --measure with a fault that need not move traffic: soak, grey, loss, endpoint-down or"
                        + " bfd-partition")
            }
            guard watch.duration > .zero, watch.duration <= .seconds(86_400) else {
                throw ValidationError("--for takes a time above 0, up to a day")
            }
        }
    }
}

extension FaultName: ExpressibleByArgument {}
