import Foundation

/// A folder that is there as long as somebody holds this: a daemon's home, and what else a test writes beside it.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "daemon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var path: String { url.path }

    /// Where a daemon of this folder keeps its data; the daemon makes it.
    var home: String { path("home") }

    func path(_ name: String) -> String {
        url.appending(path: name).path
    }

    /// A path at which there is nothing yet.
    func freshPath(_ name: String) -> String {
        path("\(name)-\(UUID().uuidString)")
    }

    /// Writes a file; gives its path.
    func write(text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    func write(lines: [String], to name: String) throws -> String {
        try write(text: lines.map { $0 + "\n" }.joined(), to: name)
    }
}
