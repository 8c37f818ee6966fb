// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// Signals that are read from a descriptor instead of interrupting.
package struct SignalSource: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    /// Blocks the signals for the calling thread and those it starts.
    ///
    /// Create it before any other thread.
    package init(_ signals: [Int32]) throws(SystemError) {
        descriptor = OwnedDescriptor(
            adopting: try checked(
                "watch", "signals", rslab_signal_descriptor(signals, Int32(signals.count))))
    }

    /// The next signal received; nil if there is none.
    package borrowing func next() -> Int32? {
        let signal = rslab_next_signal(descriptor.rawValue)
        return signal > 0 ? signal : nil
    }
}
