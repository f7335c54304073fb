import GRDB

/// The write lock of another program that works on a file.
enum WriteLock {
    /// Runs `body` while another connection is in the middle of a transaction, which is then undone.
    static func held(on path: String, while body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await body()
        try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}
