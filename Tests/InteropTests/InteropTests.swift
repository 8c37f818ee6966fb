// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing

/// All tests that run the built programs, on their own or against real daemons, one after the other.
///
/// Each lab has its own name, so tests and labs on one machine do not interfere. One at a time, because measurements
/// are disturbed by anything else that uses the CPUs.
@Suite(.requiresNetworkAdmin, .serialized)
struct InteropTests {}
