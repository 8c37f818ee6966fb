// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LinuxSystem

/// A pipe whose ends are closed separately: a child's end as soon as the child has it.
final class Pipe {
    let readEnd: Int32
    let writeEnd: Int32
    private var open: Set<Int32>

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        try checked("make", "pipe", rslab_pipe(&ends))
        (readEnd, writeEnd) = (ends[0], ends[1])
        open = Set(ends)
    }

    func close(_ end: Int32) {
        if open.remove(end) != nil { Glibc.close(end) }
    }

    deinit { open.forEach { Glibc.close($0) } }
}
