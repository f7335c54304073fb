import Foundation

/// The repository that these tests belong to, and what may lie beside it.
enum Repository {
    /// The folder that holds Package.swift and the real Tests folder.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String {
        root.appending(path: relative).standardized.path
    }

    /// The first of these paths, relative to the root, at which there is something.
    static func firstPath(of candidates: String...) -> String? {
        candidates.map(path).first { FileManager.default.fileExists(atPath: $0) }
    }
}
