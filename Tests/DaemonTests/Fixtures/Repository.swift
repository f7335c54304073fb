import Foundation

/// The repository that these tests belong to.
enum Repository {
    /// The folder that holds Package.swift and the real Tests folder.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String {
        root.appending(path: relative).standardized.path
    }
}
