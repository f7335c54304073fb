import Foundation

/// The official JSON-Schema-Test-Suite, when it lies beside the repository.
enum SuiteFiles {
    /// The suite's folder; nil when there is none beside any folder above this file.
    static let root: URL? = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("../shared/json-schema-test-suite").standardized
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// The JSON files below a folder of the suite, by their paths below it.
    static func files(below folder: String) -> [(path: String, bytes: Data)] {
        guard let folder = root?.appendingPathComponent(folder) else { return [] }
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().filter { $0.hasSuffix(".json") }.compactMap { path in
            (try? Data(contentsOf: folder.appendingPathComponent(path))).map { (path, $0) }
        }
    }
}
