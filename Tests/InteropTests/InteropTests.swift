// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing

/// Everything that runs the built programs, alone or against real daemons, one test after the other.
///
/// Each lab has a name of its own, so that neither tests nor labs of the same machine meet; one at a time, because what is
/// measured here is disturbed by whatever else wants the CPUs.
@Suite(.requiresNetworkAdmin, .serialized)
struct InteropTests {}
