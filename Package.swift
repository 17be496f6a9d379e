// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every Swift target: an exception needs a reason beside it.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func target(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
    name: "firedamp",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        target("GasModel", []),
        target("GasDetection", ["GasModel"]),
        target("HaltAdvisory", ["GasModel"]),
        target("MQTTSession", ["CMosquitto"]),
        target("ReadingRing", ["GasModel"]),
        target(
            "SiteDescription",
            [
                "GasModel", .product(name: "Yams", package: "Yams"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "firedamp",
            dependencies: [
                "GasModel", "HaltAdvisory", "SiteDescription", "MQTTSession", "AdvisoryDelivery",
                "DaemonRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        target(
            "SensorIngest",
            [
                "GasModel", "MQTTSession", "ReadingRing", "SensorWire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        target("GasPipeline", ["GasModel", "GasDetection", "ReadingRing"]),
        target(
            "DaemonRuntime",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "ReadingRing", "MQTTSession",
                "SensorIngest", "GasPipeline", "AdvisoryJournal", "AdvisoryDelivery",
                .product(name: "Logging", package: "swift-log"),
            ]),
        target(
            "AdvisoryJournal",
            ["GasModel", "HaltAdvisory", .product(name: "Crypto", package: "swift-crypto")]),
        target(
            "AdvisoryDelivery", ["GasModel", "HaltAdvisory", "AdvisoryJournal", "MQTTSession"]),
        tests("GasModelTests", ["GasModel"]),
        target("SensorWire", ["GasModel"]),
        tests("SensorWireTests", ["GasModel", "SensorWire"]),
    ]
)
