import Foundation
import PackagePlugin

/// Turns every file below `schema/` into Swift source, so that the binary carries its contracts and runs from any
/// folder.
@main
struct EmbedSchema: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let root = context.package.directoryURL.appending(path: "schema")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { path in [".json", ".sql", ".lua"].contains { path.hasSuffix($0) } }
            .sorted()
        let script = context.package.directoryURL.appending(path: "Sources/EmbedSchema/embed.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(paths.count) files of schema/",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, root.path, output.path] + paths,
                inputFiles: [script] + paths.map { root.appending(path: $0) },
                outputFiles: [output])
        ]
    }
}
