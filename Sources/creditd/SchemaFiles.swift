import Contracts
import Foundation

/// The files of `schema/`: those in the binary, or those of a folder.
struct SchemaFiles {
    let files: [(path: String, text: [UInt8])]

    /// Takes the embedded files, with the JSON files of `folder` in place of the embedded ones when it is given.
    /// The SQL always is the binary's, whose statements fit it.
    init(folder: String?) throws {
        let embedded = EmbeddedFile.all.map { (path: $0.path, text: $0.bytes) }
        guard let folder else {
            files = embedded
            return
        }
        let manager = FileManager.default
        let names = try manager.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        let read = try names.map { name in
            (path: name, text: [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: name))))
        }
        files = embedded.filter { !$0.path.hasSuffix(".json") } + read
    }

    /// The steps that bring an embedded store's file to the present schema, in their order.
    func migrations(of base: String) -> [(name: String, sql: String)] {
        let folder = "sqlite/\(base)/"
        let suffix = ".up.sql"
        return files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(suffix) }
            .sorted { $0.path < $1.path }
            .map { file in
                (String(file.path.dropFirst(folder.count).dropLast(suffix.count)),
                    String(decoding: file.text, as: UTF8.self))
            }
    }
}
