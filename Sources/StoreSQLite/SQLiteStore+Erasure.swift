import Bureau
import GRDB
import Repositories

/// The tombstones of a file, and what goes with an erased subject.
extension SQLiteStore {
    public func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try await file.write { db in
            let table = try TombstoneTable(db)
            for tombstone in tombstones { try table.insert(tombstone) }
        }
    }

    /// Overwrites what it deletes with zeroes, in base C too, where deleted events stay in the file otherwise, and in
    /// the log beside the file.
    public func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        let base = file.base
        try await file.write { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
            defer { if base == .c { try? db.execute(sql: "PRAGMA secure_delete = OFF") } }
            let eraser = try SubjectEraser(db, base)
            for token in tokens { try eraser.erase(token) }
        }
        await file.emptyLog()
    }

    public func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        let base = file.base
        return try await file.read { db in
            let eraser = try SubjectEraser(db, base)
            return try tokens.map { try eraser.hasAnything(of: $0) }
        }
    }

    public func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try await file.read { db in try TombstoneTable(db).page(after: token, limit: limit) }
    }
}

/// Base A's outbox in its file.
extension SQLitePersonStore {
    public func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry] {
        try await file.write { db in
            let table = try OutboxTable(db)
            let audit = try AuditRecordTable(db)
            let tombstones = try TombstoneTable(db)
            return try entries.map { new in
                try audit.append(new.audit)
                if let tombstone = new.tombstone { try tombstones.insert(tombstone) }
                return try table.insert(new)
            }
        }
    }

    public func claim(
        _ limit: Int, at now: Instant, until deadline: Instant
    ) async throws(StoreError) -> [OutboxEntry] {
        // A look without the file's lock, because there is rarely anything.
        guard try await openEntries(1).isEmpty == false else { return [] }
        return try await file.write { db in try OutboxTable(db).claim(limit, at: now, until: deadline) }
    }

    public func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try await file.read { db in try OutboxTable(db).open(limit) }
    }

    public func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let table = try OutboxTable(db)
            let tombstones = try TombstoneTable(db)
            let audit = try AuditRecordTable(db)
            return try entries.map { entry in
                guard try table.delete(entry.entryID) else { return false }
                try tombstones.replace(entry.tombstone)
                try audit.append([entry.audit])
                return true
            }
        }
    }

    public func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?] {
        try await file.read { db in
            let table = try TombstoneTable(db)
            return try tokens.map { try table.tombstone(of: $0) }
        }
    }
}
