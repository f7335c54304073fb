import Foundation
import PackagePlugin

/// Turns text files into Swift source, so that the binary carries them and runs from any folder: every file below
/// `schema/` for `Contracts`, the cases of the protocol for `Transcripts`, style and script of the page for
/// `Documentation`, the parts of the clients that no contract says for `Clients`.
@main
struct EmbedFiles: BuildToolPlugin {
    private struct UnknownTarget: Error {}

    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        switch target.name {
        case "Contracts": try [embed("schema", [".json", ".sql", ".lua"], as: "EmbeddedFile", context)]
        case "Documentation": try [embed("Sources/Documentation/Page", [".css", ".js"], as: "PageFile", context)]
        case "Clients": try [embed("Sources/Clients/Runtime", [".py", ".ts"], as: "RuntimeFile", context)]
        case "Transcripts": try [embed("Tests/DaemonTests/Transcripts", [".txt"], as: "TranscriptFile", context)]
        default: throw UnknownTarget()
        }
    }

    /// The command that fills `type.all` with the files of a folder that end in one of `suffixes`.
    private func embed(
        _ folder: String, _ suffixes: [String], as type: String, _ context: PluginContext
    ) throws -> Command {
        let root = context.package.directoryURL.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { path in suffixes.contains { path.hasSuffix($0) } }
            .sorted()
        let script = context.package.directoryURL.appending(path: "Sources/EmbedFiles/embed.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "\(type)+All.swift")
        return .buildCommand(
            displayName: "Embedding \(paths.count) files of \(folder)/",
            executable: URL(filePath: "/bin/sh"),
            arguments: [script.path, type, root.path, output.path] + paths,
            inputFiles: [script] + paths.map { root.appending(path: $0) },
            outputFiles: [output])
    }
}
