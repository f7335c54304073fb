import Bureau
import GRDB
import Repositories
import StoreSQLite

/// A file of base C, not there at first, for the migrator to work on.
struct MigratedFile {
    let path: String
    let steps = [
        MigrationStep("0001_first", up: "CREATE TABLE first (a);", down: "DROP TABLE first;"),
        MigrationStep("0002_second", up: "CREATE TABLE second (b);", down: "DROP TABLE second;"),
        MigrationStep("0003_third", up: "CREATE TABLE third (c);", down: "DROP TABLE third;"),
    ]

    init() throws {
        path = try TemporaryFolder().path("c.db")
    }

    func migrator(_ steps: [MigrationStep]) -> SQLiteMigrator {
        SQLiteMigrator(.c, path: path, steps: steps)
    }

    /// The names of the steps that are applied, by the migrator.
    func applied() throws -> [String] {
        try migrator(steps).status().filter { $0.appliedAt != nil }.map(\.name)
    }

    /// The tables beside the migrator's own, by name, on a connection of its own.
    func tables() throws -> [String] {
        try DatabaseQueue(path: path).read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND name != 'creditd_migration' ORDER BY name
                    """)
        }
    }

    func integer(_ sql: String) throws -> Int? {
        try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: sql) }
    }
}

extension MigrationProgress {
    /// What is told of steps that all succeed.
    static func whole(_ names: [String]) -> [MigrationProgress] {
        names.flatMap { [.begins($0), .ended($0)] }
    }
}
