// SPDX-License-Identifier: MIT-0
internal import Measurement

extension PlantedError {
    static let earlyRoute = PlantedError(
        name: "early-route", words: "a route changed by hand before anything was detected", fault: .blackhole,
        doubts: [.foreignRoute, .outOfOrder]
    ) { ground in
        try ground.wait(untilFaultPlus: .milliseconds(20))
        try ground.moveRoute()
    }
}
