import Foundation

/// The program under test.
enum Binary {
    struct NotFound: Error, CustomStringConvertible {
        let description: String
    }

    /// The path in `CREDITD_BINARY`, or else the product that was built beside the running tests.
    static func creditd() throws -> String {
        if let path = ProcessInfo.processInfo.environment["CREDITD_BINARY"], !path.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw NotFound(description: "CREDITD_BINARY names no program: \(path)")
            }
            return path
        }
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appending(path: "creditd").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw NotFound(description: "there is no \(path); build creditd, or set CREDITD_BINARY")
        }
        return path
    }
}
