// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
package import Measurement
internal import WireFormat

extension RunEnvironment {
    /// This machine, now.
    package static func current(versions: [String: String]) -> RunEnvironment {
        var names = utsname()
        uname(&names)
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        // A machine that does not report a hypervisor counts as a physical one.
        let cpuInfo = (try? readTextFile("/proc/cpuinfo")) ?? ""
        let isVirtual = cpuInfo.split(separator: "\n").contains {
            $0.hasPrefix("flags") && $0.split(separator: " ").contains("hypervisor")
        }
        var environment = RunEnvironment(
            kernel: text(names.release), machine: text(names.machine), cpuCount: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            virtualization: isVirtual ? "hypervisor" : nil, versions: versions,
            clocks: ClockPair(monotonic: .now, realTime: realTimeNanoseconds()))
        environment.selfTest = .last()
        environment.hardware = .current(cpuInfo: cpuInfo)
        return environment
    }
}
