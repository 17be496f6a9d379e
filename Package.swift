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
    _ name: String, path: String? = nil, exclude: [String] = [], _ dependencies: [Target.Dependency]
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
    name: "firedamp",
    targets: [
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        target("GasModel", []),
        target("GasDetection", exclude: ["TREND.md"], ["GasModel"]),
        .executableTarget(
            name: "trend-score", dependencies: ["GasDetection", "GasModel"],
            path: "Benchmarks/trend-score", swiftSettings: house),
        tests("GasModelTests", ["GasModel"]),
        tests("GasDetectionTests", ["GasDetection", "GasModel"]),
    ]
)
