import Foundation

/// A folder for the files of one test, removed when the test process exits.
///
/// Not sooner: a store opens further connections as it needs them, and outlives whatever made its folder.
struct TemporaryFolder: Sendable {
    private static let root: URL = {
        atexit { try? FileManager.default.removeItem(at: TemporaryFolder.root) }
        return FileManager.default.temporaryDirectory.appending(path: "contract-tests-\(UUID().uuidString)")
    }()

    private let url: URL

    init() throws {
        url = Self.root.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String {
        url.appending(path: name).path
    }
}
