import Foundation

/// Files of the repository that this package lies in.
enum RepositoryFiles {
    /// A file by its path below `schema/`.
    struct File {
        let path: String
        let text: [UInt8]

        /// The file's own name, without `.json`.
        var name: String { URL(filePath: path).deletingPathExtension().lastPathComponent }
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The file that says what each role may see.
    static var policy: File {
        do {
            return File(
                path: "policy.json", text: Array(try Data(contentsOf: root.appending(path: "schema/policy.json"))))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The JSON files of a folder of `schema/`.
    static func below(_ folder: String) -> [File] {
        let folder = root.appending(path: folder)
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            return try names.filter { $0.hasSuffix(".json") }.map { name in
                let text = try Data(contentsOf: folder.appending(path: name))
                return File(path: "\(folder.lastPathComponent)/\(name)", text: Array(text))
            }
        } catch {
            preconditionFailure("\(folder.path): \(error)")
        }
    }
}
