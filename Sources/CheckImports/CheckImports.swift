import Foundation
import PackagePlugin

/// Fails the build when a module imports what Package.swift does not list for it.
///
/// The compiler's own check (`--explicit-target-dependency-import-check`) lets through what a dependency depends on.
@main
struct CheckImports: BuildToolPlugin {
    /// What comes with Swift and the C library.
    private static let always = ["Swift", "Glibc", "Synchronization"]

    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        guard let module = target as? SwiftSourceModuleTarget else { return [] }
        let listed = Self.always + module.dependencies.flatMap(Self.modules) + Self.foundation(module)
        let files = module.sourceFiles(withSuffix: "swift").map(\.url)
            .filter { $0.path.hasPrefix(module.directoryURL.path) }
        let script = context.package.directoryURL.appending(path: "Sources/CheckImports/check-imports.sh")
        // A Swift file, because SwiftPM would bundle any other as a resource.
        let stamp = context.pluginWorkDirectoryURL.appending(path: "ImportsOf\(module.name).swift")
        return [
            .buildCommand(
                displayName: "Checking the imports of \(module.name)",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, module.name, stamp.path, listed.joined(separator: " ")] + files.map(\.path),
                inputFiles: [script] + files,
                outputFiles: [stamp])
        ]
    }

    private static func modules(_ dependency: TargetDependency) -> [String] {
        switch dependency {
        case .target(let target): [target.name]
        case .product(let product): product.targets.map(\.name) + [product.name]
        @unknown default: []
        }
    }

    /// Foundation costs start time and build time: the tests alone have all of it. The command line has its essentials,
    /// which need none of ICU's tables; the installed program is linked without them.
    private static func foundation(_ module: SwiftSourceModuleTarget) -> [String] {
        switch module.kind {
        case .test: ["Foundation", "FoundationXML", "Dispatch", "Testing"]
        case .executable: ["FoundationEssentials"]
        default: []
        }
    }
}
