// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that the daemon's build does not carry the benchmark package; of the same name, and with the
// modules linked in, so that it sees what they declare `package`.

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")]

func module(_ name: String, _ imports: Target.Dependency...) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: settings)
}

let package = Package(
    name: "creditd",
    dependencies: [
        // Without its traits it counts no allocations; the row `allocations` of `make bench` counts them in the daemon.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        module("JSON"),
        module("Patterns"),
        module("JSONSchema", "JSON", "Patterns"),
        module("Platform"),
        module("JSONRPC", "JSON", "JSONSchema", "Platform"),
        module("Bureau"),
        module("Vault", "Bureau", "COpenSSL"),
        module("Repositories", "Bureau"),
        module("Services", "Bureau", "Vault", "Repositories"),
        module("Methods", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Services"),
        .executableTarget(
            name: "Wire",
            dependencies: [
                "JSON", "JSONSchema", "JSONRPC", "Methods", .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Wire",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
