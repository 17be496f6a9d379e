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

func target(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil,
    exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude,
        resources: resources, swiftSettings: house)
}

func command(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: house)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: house)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Floor by floor; who may import whom is the table in ARCHITECTURE.md, and Deploy/test holds this
// manifest against it.
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
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CCurl"),
        .target(name: "CReadAhead"),
        target("GasModel", []),

        target(
            "GasDetection", ["GasModel"], exclude: ["INTEGRITY.md", "THRESHOLD.md", "TREND.md"]),
        target(
            "HaltAdvisory", ["GasModel"],
            exclude: ["ASSESSMENT.md", "DOCUMENT.md", "LIFECYCLE.md"],
            resources: [.embedInCode("Catalogue.txt")]),
        target("MQTTSession", ["CMosquitto", "CReadAhead"]),
        target("ReadingRing", ["GasModel"]),
        target("SensorWire", ["GasModel"]),
        target(
            "SiteDescription", ["GasModel", crypto, yams],
            exclude: ["Tables/README.md", "Grounds/README.md"],
            resources: [
                .embedInCode("Tables"), .embedInCode("Policies"), .embedInCode("Grounds"),
            ]),

        target(
            "AdvisoryJournal", ["GasModel", "HaltAdvisory", crypto], exclude: ["JOURNAL.md"]),
        target("GasPipeline", ["GasModel", "GasDetection", "HaltAdvisory", "ReadingRing"]),
        target("SensorIngest", ["GasModel", "MQTTSession", "ReadingRing", "SensorWire", logging]),
        target(
            "TraceReplay", ["GasModel", "SensorWire"], path: "Simulator/Sources/TraceReplay"),

        target(
            "AdvisoryDelivery",
            ["CCurl", "GasModel", "HaltAdvisory", "AdvisoryJournal", "MQTTSession", crypto],
            exclude: ["DELIVERY.md"]),
        target(
            "ReadingRecord",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "ReadingRing", "AdvisoryJournal",
                crypto,
            ], exclude: ["RECORD.md"]),

        target(
            "Backtest",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "SiteDescription", "GasPipeline",
                "TraceReplay", "AdvisoryDelivery",
            ]),
        target(
            "DaemonRuntime",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "MQTTSession", "ReadingRing",
                "AdvisoryJournal", "GasPipeline", "SensorIngest", "AdvisoryDelivery",
                "ReadingRecord", logging,
            ], exclude: ["CONTROL.md"]),

        command(
            "firedamp",
            [
                "CMalloc", "GasModel", "HaltAdvisory", "MQTTSession", "SensorWire",
                "SiteDescription", "AdvisoryJournal", "SensorIngest", "TraceReplay",
                "AdvisoryDelivery", "ReadingRecord", "Backtest", "DaemonRuntime",
                arguments, lifecycle, logging, signals,
            ]),

        command(
            "firedamp-bench",
            [
                "GasModel", "GasDetection", "MQTTSession", "ReadingRing", "SensorWire",
                "SiteDescription", "GasPipeline", "SensorIngest", "DaemonRuntime", arguments,
                logging,
            ], path: "Benchmarks/firedamp-bench"),
        command(
            "trend-score", ["GasModel", "GasDetection"], path: "Benchmarks/trend-score"),
        command(
            "firedamp-sim", ["GasModel", "MQTTSession", "TraceReplay", arguments],
            path: "Simulator/Sources/firedamp-sim"),

        .target(
            name: "Support", dependencies: ["GasModel", "SiteDescription"], path: "Tests/Support",
            swiftSettings: house),
        .target(
            name: "BrokerSupport",
            dependencies: ["GasModel", "MQTTSession", "ReadingRing", "Support"],
            path: "Tests/BrokerSupport", swiftSettings: house),
        tests("GasModelTests", ["GasModel", "Support"]),
        tests("GasDetectionTests", ["GasModel", "GasDetection", "Support"]),
        tests(
            "GasPipelineTests",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "GasPipeline", "ReadingRing",
                "Support",
            ]),
        tests(
            "HaltAdvisoryTests", ["GasModel", "HaltAdvisory", "Support"], exclude: ["Sentences"]),
        tests("AdvisoryJournalTests", ["GasModel", "HaltAdvisory", "AdvisoryJournal", "Support"]),
        tests(
            "AdvisoryDocumentTests",
            ["GasModel", "HaltAdvisory", "SiteDescription", "AdvisoryJournal", "Support"]),
        tests(
            "AdvisoryDeliveryTests",
            [
                "GasModel", "HaltAdvisory", "MQTTSession", "AdvisoryJournal", "AdvisoryDelivery",
                "BrokerSupport", "Support", crypto,
            ]),
        tests(
            "BacktestTests",
            [
                "GasModel", "HaltAdvisory", "SiteDescription", "TraceReplay", "AdvisoryDelivery",
                "Backtest", "Support",
            ]),
        tests(
            "BrokerTests",
            [
                "GasModel", "HaltAdvisory", "AdvisoryJournal", "AdvisoryDelivery", "ReadingRecord",
                "firedamp", "firedamp-sim", "BrokerSupport", "Support",
            ]),
        tests(
            "CommandTests",
            [
                "GasModel", "HaltAdvisory", "AdvisoryJournal", "firedamp", "BrokerSupport",
                "Support",
            ]),
        tests(
            "DaemonRuntimeTests",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "ReadingRing", "AdvisoryJournal",
                "SensorIngest", "ReadingRecord", "DaemonRuntime", "BrokerSupport", "Support",
                logging,
            ]),
        tests(
            "EnduranceTests",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "AdvisoryJournal", "AdvisoryDelivery",
                "ReadingRecord", "firedamp", "firedamp-sim", "BrokerSupport", "Support",
            ]),
        tests("MQTTSessionTests", ["MQTTSession"]),
        tests(
            "ReadingRecordTests",
            [
                "GasModel", "HaltAdvisory", "AdvisoryJournal", "ReadingRing", "ReadingRecord",
                "Support",
            ]),
        tests("ReadingRingTests", ["GasModel", "ReadingRing"]),
        tests(
            "SensorIngestTests",
            [
                "GasModel", "MQTTSession", "ReadingRing", "SensorIngest", "Support", logging,
            ]),
        tests("SensorWireTests", ["GasModel", "SensorWire", "Support"]),
        tests(
            "SimulationTests",
            [
                "GasModel", "GasDetection", "HaltAdvisory", "SiteDescription", "TraceReplay",
                "Support",
            ]),
        tests(
            "SiteDescriptionTests", ["GasModel", "SiteDescription", "Support", yams],
            resources: [.copy("Broken")]),
        tests("TraceReplayTests", ["GasModel", "SensorWire", "TraceReplay"]),
    ]
)
