// swift-tools-version: 6.2

import PackageDescription

/// `CREDITD_STRICT=1`, which CI and `make` set, makes every compiler warning in this package an error.
let strict = Context.environment["CREDITD_STRICT"] == "1"

/// `CREDITD_EXTRA`, which `make fuzz` and `make bench` set, adds what a build seldom needs: `fuzz` has everything
/// watched by libFuzzer and the address sanitizer, `micro` adds the micro-benchmarks and the package that runs them.
let extra = Context.environment["CREDITD_EXTRA"]
let watched = ["-sanitize=fuzzer,address"]

/// The modules are one program: what is `public` is for the other ones, and the release build inlines and specialises
/// it across them, which Swift 6.3 does for nothing that is `package`. `person.get` gains a sixth of its rate by that.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]
    + (strict ? [.treatAllWarnings(as: .error)] : [])
    + (extra == "fuzz" ? [.unsafeFlags(watched)] : [])

/// A module and all that it may import: the map of the house. `CheckImports` fails the build for any other import.
func module(
    _ name: String, _ imports: Target.Dependency..., exclude: [String] = [], plugins: [Target.PluginUsage] = []
) -> Target {
    .target(
        name: name, dependencies: imports, exclude: exclude, swiftSettings: settings,
        plugins: ["CheckImports"] + plugins)
}

func tests(_ name: String, _ imports: Target.Dependency..., exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: imports, exclude: exclude, swiftSettings: settings, plugins: ["CheckImports"])
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "creditd",
    products: [.executable(name: "creditd", targets: ["creditd"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        // XML is outside of the project's purpose, and a parser of it is written against hostile input.
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        module("Encodings"),
        module("JSON", "Encodings"),
        module("Patterns", "Encodings"),
        module("JSONSchema", "Encodings", "JSON", "Patterns"),
        module("Platform"),
        module("JSONRPC", "JSON", "JSONSchema", "Platform"),
        module("Bureau", "Encodings"),
        module("Vault", "Bureau", "Encodings", "Platform", "COpenSSL", exclude: ["README.md"]),
        module("Repositories", "Bureau", "Platform"),
        module("StoreSQLite", "Repositories", "Bureau", "CSQLite", grdb, sqlite),
        module("StorePostgres", "Repositories", "Bureau", "Encodings", "Platform", "CLibpq"),
        module("StoreDynamoDB", "Repositories", "Bureau", "Encodings", "Platform", "JSON", "CCurl", "COpenSSL"),
        module("StoreRedis", "Repositories", "Bureau", "Encodings", "Platform", "CHiredis", "COpenSSL"),
        module("Journal", "Repositories", "Bureau", "Vault", "Encodings", "Platform"),
        module("Services", "Bureau", "Vault", "Repositories"),
        module("Scorecards", "Bureau", "JSON", "COpenSSL", "CExpat"),
        module(
            "Methods", "Encodings", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Scorecards", "Repositories",
            "Services", "Telemetry"),
        module("Tables", "Encodings"),
        module("Modelling", "Bureau", "Encodings", "Platform", "JSON", "Scorecards", "Tables"),
        module("MCP", "Encodings", "JSON", "JSONSchema", "JSONRPC", "Platform", "Bureau", "Services", "Methods"),
        module("Telemetry", "Bureau", "Encodings", "Platform", "JSON", "JSONRPC", "Repositories", "CCurl"),
        module("Importing", "Encodings", "Platform", "JSON", "Tables"),
        module(
            "Documentation", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Methods", exclude: ["Page"],
            plugins: ["EmbedFiles"]),
        module("Clients", "JSON", "JSONRPC", "Methods", exclude: ["Runtime"], plugins: ["EmbedFiles"]),
        module("Contracts", plugins: ["EmbedFiles"]),
        module("Transcripts", "JSON", "JSONSchema", "Platform", plugins: ["EmbedFiles"]),
        .plugin(
            name: "CheckImports", capability: .buildTool(), path: "Sources/CheckImports",
            exclude: ["check-imports.sh"]),
        .plugin(
            name: "EmbedFiles", capability: .buildTool(), path: "Sources/EmbedFiles", exclude: ["embed.sh"]),
        .executableTarget(
            name: "creditd",
            dependencies: [
                "Encodings", "JSON", "JSONSchema", "JSONRPC", "Platform", "Bureau", "Vault", "Repositories",
                "StoreSQLite",
                "StorePostgres", "StoreDynamoDB", "StoreRedis", "Journal", "Services", "Methods", "Contracts",
                "Transcripts", "Scorecards", "Tables", "Modelling", "MCP", "Telemetry", "Importing", "Documentation",
                "Clients", "CLinux", "COpenSSL", logging, arguments,
            ],
            exclude: ["Packaging"],
            swiftSettings: settings,
            plugins: ["CheckImports"]),

        .target(name: "Seeds", path: "Tests/Seeds", swiftSettings: settings),
        .target(
            name: "MemoryStores", dependencies: ["Bureau", "Vault", "Repositories", "Services"],
            path: "Tests/MemoryStores",
            swiftSettings: settings),
        tests("JSONTests", "JSON"),
        tests("PatternsTests", "Patterns", "Seeds"),
        tests("JSONSchemaTests", "JSON", "JSONSchema", "Seeds"),
        tests("EncodingsTests", "Encodings"),
        tests("PlatformTests", "Platform", "Seeds"),
        tests("JSONRPCTests", "JSON", "JSONSchema", "JSONRPC", "Platform", "Seeds"),
        tests("BureauTests", "Bureau", "Seeds"),
        tests("VaultTests", "Bureau", "Platform", "Vault"),
        tests("JournalTests", "Bureau", "Platform", "Repositories", "Vault", "Journal", "Transcripts"),
        tests("RepositoriesTests", "Bureau", "Repositories"),
        tests(
            "ContractTests", "Bureau", "Vault", "Repositories", "Services", "StoreSQLite", "StorePostgres",
            "StoreDynamoDB", "StoreRedis", "Contracts", "MemoryStores", grdb),
        tests(
            "ScorecardsTests", "Bureau", "JSON", "JSONSchema", "Scorecards", "Contracts", "Seeds",
            exclude: ["Fixtures"]),
        tests("TablesTests", "Tables", "Seeds"),
        tests(
            "ModellingTests", "Bureau", "Encodings", "Platform", "JSON", "Scorecards", "Tables", "Modelling", "Seeds",
            exclude: ["Fixtures"]),
        tests("StorePostgresTests", "Bureau", "Repositories", "StorePostgres"),
        tests(
            "StoreDynamoDBTests", "Bureau", "Encodings", "Platform", "Repositories", "JSON", "StoreDynamoDB", "Seeds"),
        tests("StoreRedisTests", "Bureau", "Platform", "Repositories", "StoreRedis"),
        tests("ServicesTests", "Bureau", "Vault", "Repositories", "Services", "MemoryStores", "Seeds"),
        tests(
            "MethodsTests", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Scorecards", "Vault", "Repositories",
            "Services", "Methods",
            "Contracts", "MemoryStores", "Seeds"),
        tests(
            "MCPTests", "JSON", "JSONSchema", "JSONRPC", "Platform", "Bureau", "Services", "Methods", "Contracts",
            "MCP",
            "MemoryStores", "Seeds"),
        tests("TelemetryTests", "Bureau", "JSON", "JSONRPC", "Platform", "Repositories", "Telemetry", "Seeds"),
        tests("ImportingTests", "JSON", "Tables", "Importing", "Seeds"),
        tests("DocumentationTests", "JSON", "JSONRPC", "Bureau", "Methods", "Contracts", "Documentation"),
        tests("ClientsTests", "JSON", "JSONRPC", "Methods", "Contracts", "Clients"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "JSON", "Patterns", "JSONSchema", "Platform", "JSONRPC", "Bureau", "Scorecards", "Vault",
                "Repositories",
                "Services", "Methods", "MemoryStores",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: settings),
        tests("FuzzTests", "JSON", "Platform", "FuzzTargets", "Seeds"),
        tests(
            "DaemonTests", "JSON", "JSONSchema", "Methods", "Contracts", "Transcripts", "Seeds",
            exclude: ["Cases", "Transcripts", "Released"]),
    ]
)

switch extra {
case "fuzz":
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Tests/Fuzz/Driver",
            swiftSettings: settings,
            // gold warns of each of the address sanitizer's own symbols.
            linkerSettings: [.unsafeFlags(watched + ["-use-ld=lld"])]),
    ]
case "micro":
    // Without its traits it counts no allocations; the row `allocations` of `make bench` counts them in the daemon.
    package.dependencies += [.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])]
    package.targets += [
        .executableTarget(
            name: "Micro",
            dependencies: [
                "JSON", "JSONSchema", "JSONRPC", "Methods", .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Tests/Benchmarks/Micro", exclude: ["params.json"], swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
default: break
}
