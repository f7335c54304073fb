// swift-tools-version: 6.2

import PackageDescription

// A package of its own, because everything in it is built to be watched by libFuzzer and the address sanitizer; of the
// daemon's name, and with the modules linked in, so that it sees what they declare `package`.

let watched = ["-sanitize=fuzzer,address"]
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"), .unsafeFlags(watched),
]

func module(_ name: String, _ imports: Target.Dependency...) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: settings)
}

let package = Package(
    name: "creditd",
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibFuzzer", path: "CLibFuzzer"),

        module("Encodings"),
        module("JSON", "Encodings"),
        module("Patterns"),
        module("JSONSchema", "JSON", "Patterns"),
        module("Platform"),
        module("JSONRPC", "JSON", "JSONSchema", "Platform"),
        module("Bureau", "Encodings"),
        module("Vault", "Bureau", "Encodings", "Platform", "COpenSSL"),
        module("Repositories", "Bureau"),
        module("Services", "Bureau", "Vault", "Repositories"),
        module("Methods", "JSON", "JSONSchema", "JSONRPC", "Bureau", "Repositories", "Services"),
        .target(
            name: "MemoryStores", dependencies: ["Bureau", "Repositories", "Services"], path: "MemoryStores",
            swiftSettings: settings),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "JSON", "Patterns", "JSONSchema", "Platform", "JSONRPC", "Bureau", "Vault", "Repositories", "Services",
                "Methods", "MemoryStores",
            ],
            path: "Targets",
            swiftSettings: settings),
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzTargets", "CLibFuzzer"],
            path: "Driver",
            swiftSettings: settings,
            // gold warns of each of the address sanitizer's own symbols.
            linkerSettings: [.unsafeFlags(watched + ["-use-ld=lld"])]),
    ]
)
