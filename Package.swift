// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT-0
import PackageDescription

/// What every Swift target of this package is compiled with.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// Values and machines (rings 1 and 2): no pointer is ever touched there.
let pure: [SwiftSetting] = common + [.strictMemorySafety()]

let package = Package(
    name: "rslab",
    products: [
        .executable(name: "rslab", targets: ["rslab"]),
        .executable(name: "rslab-node", targets: ["rslab-node"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C: system libraries, and the system calls that Glibc's module hides.
        .systemLibrary(name: "CLibmnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .systemLibrary(
            name: "CLibnl", pkgConfig: "libnl-route-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-route-3-dev"])]),
        .systemLibrary(name: "CLibmd", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CSchemas"),
        .target(name: "CBuild"),

        // Ring 1 and 2: values and sans-IO machines.
        .target(name: "Causes", swiftSettings: pure),
        .target(name: "WireFormat", swiftSettings: pure + [.enableExperimentalFeature("Lifetimes")]),
        .target(
            name: "BGP",
            dependencies: [
                "Causes", "WireFormat", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: pure),
        .target(
            name: "BFD",
            dependencies: ["Causes", "WireFormat", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: pure),
        .target(
            name: "RouteServer",
            dependencies: [
                "Causes", "BGP", "WireFormat", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: pure),
        .target(name: "SourceText", swiftSettings: pure),
        .target(name: "VPC", dependencies: ["SourceText", "WireFormat"], swiftSettings: pure),
        .target(
            name: "EC2", dependencies: ["Causes", "VPC", "RouteServer", "BGP", "WireFormat", "Report"],
            swiftSettings: pure),
        .target(name: "YAMLSource", dependencies: ["SourceText", "Yams"], swiftSettings: common),
        .target(
            name: "CloudFormation", dependencies: ["SourceText", "VPC", "WireFormat", "YAMLSource"],
            swiftSettings: common),
        .target(
            name: "FaultScript", dependencies: ["Measurement", "SourceText", "WireFormat", "YAMLSource"],
            swiftSettings: common),
        .target(
            name: "SpeakerConfiguration", dependencies: ["BGP", "BFD", "SourceText", "WireFormat", "TOMLKit"],
            swiftSettings: common),
        .target(
            name: "Measurement",
            dependencies: [
                "Causes", "WireFormat", .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: pure),
        .target(
            name: "Report", dependencies: ["Causes", "BGP", "RouteServer", "Measurement", "WireFormat"],
            swiftSettings: pure),
        .target(
            name: "NodeProtocol", dependencies: ["Causes", "BGP", "BFD", "RouteServer", "Measurement", "WireFormat"],
            swiftSettings: pure),
        .target(
            name: "LabModel",
            dependencies: [
                "Causes", "VPC", "BGP", "BFD", "RouteServer", "NodeProtocol", "Measurement", "SourceText", "WireFormat",
            ],
            swiftSettings: pure),
        .target(
            name: "Blueprints",
            dependencies: [
                "LabModel", "CloudFormation", "SpeakerConfiguration", "NodeProtocol", "SourceText", "VPC", "BGP", "BFD",
                "WireFormat",
            ],
            swiftSettings: common),

        // Ring 3: the shell.
        .target(name: "LinuxSystem", dependencies: ["CLinux", "WireFormat"], swiftSettings: common),
        .target(
            name: "NetlinkTopology", dependencies: ["CLibnl", "LinuxSystem", "WireFormat"], swiftSettings: common),
        .target(name: "NetlinkSocket", dependencies: ["CLibmnl", "LinuxSystem", "WireFormat"], swiftSettings: common),
        .target(
            name: "NetlinkRoutes", dependencies: ["CLibmnl", "CLinux", "NetlinkSocket", "LinuxSystem", "WireFormat"],
            swiftSettings: common),
        .target(
            name: "NetlinkFilter", dependencies: ["CLibmnl", "NetlinkSocket", "LinuxSystem", "WireFormat"],
            swiftSettings: common),
        .target(
            name: "NodeRuntime",
            dependencies: [
                "Causes", "NodeProtocol", "BGP", "BFD", "RouteServer", "Measurement", "NetlinkRoutes", "LinuxSystem",
                "CLibmd",
                "CLinux", "WireFormat", .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: common),
        .target(
            name: "LabHost",
            dependencies: [
                "Causes", "LabModel", "NodeProtocol", "VPC", "BGP", "BFD", "RouteServer", "NetlinkTopology",
                "NetlinkRoutes",
                "NetlinkFilter", "LinuxSystem", "CLibmd", "CLinux", "Measurement", "Report", "SourceText", "WireFormat",
            ],
            swiftSettings: common),
        .target(
            name: "Trials",
            dependencies: [
                "Causes", "LabHost", "LabModel", "NodeProtocol", "VPC", "BGP", "BFD", "RouteServer", "NetlinkTopology",
                "NetlinkFilter", "NetlinkRoutes", "LinuxSystem", "CLinux", "Measurement", "WireFormat",
            ],
            swiftSettings: common),
        .executableTarget(
            name: "rslab",
            dependencies: [
                "Causes", "Trials", "LabHost", "LabModel", "Blueprints", "NodeProtocol", "Report", "CloudFormation",
                "CBuild", "CSchemas",
                "FaultScript",
                "SourceText", "SpeakerConfiguration", "VPC", "EC2", "BGP", "BFD", "RouteServer", "Measurement",
                "LinuxSystem", "WireFormat",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .executableTarget(
            name: "rslab-node", dependencies: ["NodeRuntime", "NodeProtocol", "LinuxSystem"], swiftSettings: common),

        // Benchmarks: not installed; scripts/bench builds and runs them.
        .target(name: "CBareRoutes", dependencies: ["CLibmnl"]),
        .executableTarget(
            name: "rslab-bench",
            dependencies: [
                "Causes", "BGP", "CBareRoutes", "CLinux", "LinuxSystem", "NetlinkTopology", "NetlinkRoutes",
                "NodeProtocol",
                "NodeRuntime", "RouteServer", "Measurement", "Report", "WireFormat",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["BGP", "Causes", "LinuxSystem", "WireFormat", "Yams"],
            path: "Tests/TestSupport",
            swiftSettings: common),
        .testTarget(name: "CausesTests", dependencies: ["Causes"], swiftSettings: common),
        .testTarget(name: "WireFormatTests", dependencies: ["WireFormat", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "BGPTests",
            dependencies: [
                "Causes", "BGP", "WireFormat", "TestSupport",
                .product(name: "BasicContainers", package: "swift-collections"),
            ], swiftSettings: common),
        .testTarget(
            name: "BFDTests", dependencies: ["Causes", "BFD", "BGP", "WireFormat", "TestSupport"], swiftSettings: common
        ),
        .testTarget(
            name: "RouteServerTests", dependencies: ["Causes", "RouteServer", "BGP", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "EC2Tests",
            dependencies: ["Causes", "EC2", "VPC", "RouteServer", "BGP", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(name: "SourceTextTests", dependencies: ["SourceText"], swiftSettings: common),
        .testTarget(name: "YAMLSourceTests", dependencies: ["SourceText", "YAMLSource"], swiftSettings: common),
        .testTarget(
            name: "VPCTests", dependencies: ["SourceText", "VPC", "WireFormat", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "CloudFormationTests",
            dependencies: ["CloudFormation", "SourceText", "VPC", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "FaultScriptTests",
            dependencies: ["FaultScript", "Measurement", "SourceText", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "SpeakerConfigurationTests",
            dependencies: ["SpeakerConfiguration", "BGP", "SourceText", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "MeasurementTests", dependencies: ["Causes", "Measurement", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "ReportTests", dependencies: ["Causes", "Report", "Measurement", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "NodeProtocolTests",
            dependencies: ["Causes", "NodeProtocol", "BGP", "BFD", "RouteServer", "Measurement", "WireFormat"],
            swiftSettings: common),
        .testTarget(
            name: "BlueprintsTests",
            dependencies: [
                "Blueprints", "LabModel", "NodeProtocol", "CloudFormation", "SourceText", "SpeakerConfiguration", "VPC",
                "BGP", "BFD", "WireFormat", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "LabModelTests",
            dependencies: [
                "Causes", "LabModel", "Blueprints", "CloudFormation", "NodeProtocol", "VPC", "BGP", "BFD",
                "RouteServer",
                "Measurement", "WireFormat", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "LinuxSystemTests", dependencies: ["LinuxSystem", "WireFormat", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "NodeRuntimeTests",
            dependencies: [
                "NodeRuntime", "NodeProtocol", "BFD", "LinuxSystem", "Measurement", "WireFormat", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "LabHostTests", dependencies: ["LabHost", "VPC", "WireFormat", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "rslab", "EC2", "LinuxSystem", "Measurement", "Report", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "KernelTests",
            dependencies: [
                "Causes", "LabHost", "NodeProtocol", "NodeRuntime", "NetlinkTopology", "NetlinkRoutes", "NetlinkFilter",
                "LinuxSystem", "BFD", "BGP", "RouteServer", "WireFormat", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "SchemaTests",
            dependencies: [
                "rslab", "Blueprints", "LabModel", "Report", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], exclude: ["validate.py"],
            swiftSettings: common),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "Causes", "Trials", "LabHost", "LabModel", "NodeProtocol", "NodeRuntime", "BGP", "BFD", "RouteServer",
                "NetlinkTopology", "NetlinkRoutes", "NetlinkFilter",
                "VPC", "EC2", "LinuxSystem", "CLinux", "Measurement", "SpeakerConfiguration", "WireFormat",
                "TestSupport",
            ],
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
