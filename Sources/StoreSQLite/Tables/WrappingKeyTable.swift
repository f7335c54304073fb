import Bureau
import GRDB
import Repositories

/// The wrapping keys that the file has seen.
struct WrappingKeyTable {
    private let db: Database

    init(_ db: Database) { self.db = db }

    func notes() throws -> [WrappingKeyNote] {
        try PreparedStatement(
            "SELECT number, fingerprint, encryptions, is_retired FROM creditd_wrapping_key ORDER BY number", on: db
        ).all { row in
            guard let number = UInt32(exactly: try row.value(0, as: Int64.self)),
                let fingerprint = KeyRingFingerprint(bytes: try row.value(1))
            else { throw UnreadableValue() }
            return WrappingKeyNote(
                number: number, fingerprint: fingerprint, encryptions: try row.value(2), isRetired: try row.value(3))
        }
    }

    func note(_ key: WrappingKeyNote) throws {
        try PreparedStatement(
            "INSERT OR IGNORE INTO creditd_wrapping_key (number, fingerprint) VALUES (?, ?)", on: db
        ).run(Int64(key.number), key.fingerprint.bytes)
    }

    /// Whether there was room.
    func reserve(_ count: Int64, of number: UInt32, most: Int64) throws -> Bool {
        try PreparedStatement(
            """
            UPDATE creditd_wrapping_key SET encryptions = encryptions + ?1
            WHERE number = ?2 AND is_retired = 0 AND encryptions + ?1 <= ?3
            """, on: db
        ).run(count, Int64(number), most) > 0
    }

    func setRetired(_ isRetired: Bool, _ number: UInt32) throws {
        try PreparedStatement("UPDATE creditd_wrapping_key SET is_retired = ? WHERE number = ?", on: db)
            .run(isRetired, Int64(number))
    }
}

extension SQLiteStore {
    public func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
        try await file.read { db in try WrappingKeyTable(db).notes() }
    }

    public func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
        try await file.write { db in
            let table = WrappingKeyTable(db)
            for key in keys { try table.note(key) }
        }
    }

    public func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        try await file.write { db in try WrappingKeyTable(db).reserve(count, of: number, most: most) }
    }

    public func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        try await file.write { db in try WrappingKeyTable(db).setRetired(isRetired, number) }
    }
}
