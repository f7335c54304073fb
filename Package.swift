// swift-tools-version: 6.2

import PackageDescription

/// `CREDITD_STRICT=1`, which CI and `make` set, makes every compiler warning in this package an error.
let strict = Context.environment["CREDITD_STRICT"] == "1"

let settings: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")]
    + (strict ? [.treatAllWarnings(as: .error)] : [])

/// A module and all that it may import; DESIGN's map in code. The build refuses an import that is not listed here.
func module(_ name: String, _ imports: Target.Dependency..., plugins: [Target.PluginUsage] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: settings, plugins: plugins)
}

func tests(_ name: String, _ imports: Target.Dependency..., exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: imports, exclude: exclude, swiftSettings: settings)
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

        module("Encodings"),
        module("JSON", "Encodings"),
        module("Patterns"),
        module("JSONSchema", "JSON", "Patterns"),
        module("Platform"),
        module("JSONRPC", "JSON", "JSONSchema", "Platform"),
        module("Bureau", "Encodings"),
        module("Vault", "Bureau", "Encodings", "Platform", "COpenSSL"),
        module("Repositories", "Bureau"),
        module("StoreSQLite", "Repositories", "Bureau", grdb, sqlite),
        module("StorePostgres", "Repositories", "Bureau", "Encodings", "Platform", "CLibpq"),
        module("StoreDynamoDB", "Repositories", "Bureau", "Encodings", "Platform", "JSON", "CCurl", "COpenSSL"),
        module("StoreRedis", "Repositories", "Bureau", "Encodings", "Platform", "CHiredis", "COpenSSL"),
        module("Services", "Bureau", "Vault", "Repositories"),
        module("Methods", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Services"),
        module("Contracts", plugins: ["EmbedFiles"]),
        module("Transcripts", "JSON", "JSONSchema", "Platform", plugins: ["EmbedFiles"]),
        .plugin(
            name: "EmbedFiles", capability: .buildTool(), path: "Sources/EmbedFiles", exclude: ["embed.sh"]),
        .executableTarget(
            name: "creditd",
            dependencies: [
                "Encodings", "JSON", "JSONSchema", "JSONRPC", "Platform", "Bureau", "Vault", "Repositories",
                "StoreSQLite",
                "StorePostgres", "StoreDynamoDB", "StoreRedis", "Services", "Methods", "Contracts", "Transcripts",
                "COpenSSL", logging, arguments,
            ],
            swiftSettings: settings),

        .target(name: "Seeds", path: "Tests/Seeds", swiftSettings: settings),
        tests("JSONTests", "JSON"),
        tests("PatternsTests", "Patterns"),
        tests("JSONSchemaTests", "JSON", "JSONSchema"),
        tests("EncodingsTests", "Encodings"),
        tests("PlatformTests", "Platform"),
        tests("JSONRPCTests", "JSON", "JSONSchema", "JSONRPC", "Platform", "Seeds"),
        tests("BureauTests", "Bureau", "Seeds"),
        tests("VaultTests", "Bureau", "Vault"),
        tests(
            "ContractTests", "Bureau", "Repositories", "StoreSQLite", "StorePostgres", "StoreDynamoDB", "StoreRedis",
            "Contracts", grdb),
        tests("StorePostgresTests", "Bureau", "Repositories", "StorePostgres"),
        tests("StoreDynamoDBTests", "Bureau", "Encodings", "Repositories", "JSON", "StoreDynamoDB"),
        tests("StoreRedisTests", "Bureau", "Repositories", "StoreRedis"),
        tests("ServicesTests", "Bureau", "Vault", "Repositories", "Services", "Seeds"),
        tests(
            "MethodsTests", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Vault", "Repositories", "Services", "Methods",
            "Contracts", "Seeds"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "JSON", "Patterns", "JSONSchema", "Platform", "JSONRPC", "Bureau", "Vault", "Repositories", "Services",
                "Methods",
            ],
            path: "Tests/Fuzz/Targets",
            swiftSettings: settings),
        tests("FuzzTests", "JSON", "Platform", "FuzzTargets", "Seeds"),
        tests(
            "DaemonTests", "JSON", "JSONSchema", "Methods", "Contracts", "Transcripts",
            exclude: ["Transcripts"]),
    ]
)
