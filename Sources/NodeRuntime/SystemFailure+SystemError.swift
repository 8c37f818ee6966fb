// SPDX-License-Identifier: MIT-0
internal import Causes
internal import LinuxSystem

extension SystemFailure {
    /// An error of the shell as a value that machines and events carry.
    init(_ error: SystemError) {
        self.init(code: error.code, text: "\(error)")
    }
}
