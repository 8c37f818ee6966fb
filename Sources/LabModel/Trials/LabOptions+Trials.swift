// SPDX-License-Identifier: MIT-0
internal import BFD
package import Measurement

extension LabOptions {
    /// Whether this fault can be injected into a speaker of this kind.
    package func allows(_ fault: FaultName) -> Bool {
        speaker == .builtin || !fault.description.steps.contains { $0.action.need == .speakerCommands }
    }
}

extension Sweep.Settings {
    /// A fault, or a `script`, in a lab with these options; settings that are left to the template are nil.
    package init(_ sequence: FaultSequence, script: String? = nil, options: LabOptions) {
        let fault = script == nil ? sequence.single : nil
        let bfd = options.bfd.map { timers in
            let interval = timers.interval.value
            return (interval.isMultiple(of: 1000) ? "\(interval / 1000)ms" : "\(interval)us") + "x\(timers.multiplier)"
        }
        self.init(
            fault: fault?.name, script: script, speaker: options.speaker.rawValue,
            bfd: options.isBFDOff ? "off" : bfd, hold: options.holdTimeSeconds.map(Int.init),
            duration: fault?.parameters.duration)
    }
}
