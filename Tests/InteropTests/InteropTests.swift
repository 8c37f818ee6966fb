// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing

/// All tests that run the built programs inside namespaces, on their own or against real daemons.
///
/// Each lab has its own name and namespaces, so labs and tests on one machine do not interfere. Suites and tests that
/// measure say so: see `MachineUse`.
@Suite(.requiresNetworkAdmin, .sideBySide)
struct InteropTests {}
