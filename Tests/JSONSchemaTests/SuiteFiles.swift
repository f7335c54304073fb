import Foundation
import JSON
import JSONSchema

/// The official JSON-Schema-Test-Suite, when it lies beside the repository, and the draft's meta-schemas.
enum SuiteFiles {
    /// The suite's folder; nil when there is none beside any folder above this file.
    static let root: URL? = folders.first("../shared/json-schema-test-suite")

    /// The JSON files below a folder of the suite, by their paths below it.
    static func files(below folder: String) -> [(path: String, bytes: Data)] {
        root.map { jsonFiles(in: $0.appending(path: folder)) } ?? []
    }

    /// Registers what the suite's schemas refer to: the draft's meta-schemas by their own names, and the remote documents
    /// where the suite says that they are served.
    static func registerDocuments(in registry: inout SchemaRegistry) throws {
        for file in folders.first("schema/draft2020-12").map(jsonFiles) ?? [] {
            let document = try Document(file.bytes)
            try registry.register(document, at: document.withRoot { $0["$id"]?.string } ?? file.path)
        }
        for file in files(below: "remotes") {
            try registry.register(Document(file.bytes), at: "http://localhost:1234/" + file.path)
        }
    }

    private static func jsonFiles(in folder: URL) -> [(path: String, bytes: Data)] {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().filter { $0.hasSuffix(".json") }.compactMap { path in
            (try? Data(contentsOf: folder.appending(path: path))).map { (path, $0) }
        }
    }

    /// The folders above this file, the nearest first.
    private static let folders = Folders(above: URL(filePath: #filePath).resolvingSymlinksInPath())

    private struct Folders {
        let all: [URL]

        init(above file: URL) {
            all = file.pathComponents.indices.dropFirst().reversed().map { count in
                URL(filePath: file.pathComponents[..<count].joined(separator: "/"))
            }
        }

        /// The first thing that is there at a path from one of the folders.
        func first(_ path: String) -> URL? {
            all.map { $0.appending(path: path).standardized }.first { FileManager.default.fileExists(atPath: $0.path) }
        }
    }
}
