import Bureau
import GRDB
import Repositories

/// The register of scorecards in base B's file, on one connection.
struct ModelTable {
    private let insertion: PreparedStatement
    private let search: PreparedStatement
    private let list: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            "INSERT INTO model (name, version, hash, card) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", on: db)
        search = try PreparedStatement(
            "SELECT name, version, hash, card FROM model WHERE name = ?1 AND version = ?2", on: db)
        list = try PreparedStatement("SELECT name, version, hash, card FROM model ORDER BY name, version", on: db)
    }

    func entry(_ name: String, _ version: Int) throws -> RegisteredModel? {
        try search.first(name, version, read: Self.model)
    }

    /// Enters a card, unless its name and version are taken, and returns what stands.
    func register(_ model: RegisteredModel) throws -> RegisteredModel {
        try insertion.run(model.name, model.version, model.hash, model.card)
        return try entry(model.name, model.version) ?? model
    }

    func all() throws -> [RegisteredModel] { try list.all(read: Self.model) }

    private static func model(_ row: SQLiteRow) throws -> RegisteredModel {
        RegisteredModel(
            name: try row.value(0), version: try row.value(1), hash: try row.value(2), card: try row.value(3))
    }
}
