import Bureau
import GRDB
import Repositories

/// Walks through the profiles of a file in the order of its rows, by three statements for each page.
///
/// A segment has every so many-th block of rows, so that the segments stay what they are while profiles are added.
struct ProfileWalkQuery {
    private let last: PreparedStatement
    private let profiles: PreparedStatement
    private let assets: PreparedStatement
    private let incomeSources: PreparedStatement

    init(_ db: Database) throws {
        last = try PreparedStatement("SELECT max(id) FROM profile", on: db)
        profiles = try PreparedStatement(
            """
            SELECT id, token, birth_date, housing, created_at, updated_at FROM profile
            WHERE id BETWEEN ?1 AND ?2 ORDER BY id
            """, on: db)
        assets = try PreparedStatement(
            """
            SELECT profile, value_cents, paid_off, outstanding_cents FROM asset
            WHERE profile BETWEEN ?1 AND ?2 ORDER BY profile, position
            """, on: db)
        incomeSources = try PreparedStatement(
            """
            SELECT profile, kind, monthly_amount_cents, since FROM income_source
            WHERE profile BETWEEN ?1 AND ?2 ORDER BY profile, position
            """, on: db)
    }

    /// Reads the next block of a segment; `limit` is the number of rows that a block has room for.
    func page(_ segment: WalkSegment, after cursor: WalkCursor?, limit: Int) throws -> ProfilePage {
        let block = cursor.flatMap(\.block) ?? Int64(segment.number)
        let first = block * Int64(limit)
        let final = first + Int64(limit) - 1
        let last: Int64 = try last.first { try $0.value(0, as: Int64?.self) ?? -1 } ?? -1
        var ids: [Int64] = []
        var profiles: [WalkedProfile] = []
        ids.reserveCapacity(limit)
        profiles.reserveCapacity(limit)
        try self.profiles.forEach(first, final) { row in
            ids.append(try row.value(0))
            let times = try RowTimes(created: row.value(4), updated: row.value(5))
            let facts = try ProfileFacts(birthDate: row.value(2), housing: row.value(3), createdAt: times.created)
            profiles.append(WalkedProfile(token: try row.value(1), facts: facts, times: times))
        }
        // The rows of profiles' parts come in the order of the profiles.
        var index = 0
        func isOfProfile(_ row: SQLiteRow) throws -> Bool {
            let id: Int64 = try row.value(0)
            while index < ids.count, ids[index] < id { index += 1 }
            return index < ids.count && ids[index] == id
        }
        try assets.forEach(first, final) { row in
            guard try isOfProfile(row) else { return }
            profiles[index].facts.add(
                AssetFigures(value: try row.value(1), paidOff: try row.value(2), outstanding: try row.value(3)))
        }
        index = 0
        try incomeSources.forEach(first, final) { row in
            guard try isOfProfile(row) else { return }
            profiles[index].facts.add(
                IncomeFigures(kind: try row.value(1), monthlyAmount: try row.value(2), since: try row.value(3)))
        }
        let next = block + Int64(segment.count)
        return ProfilePage(profiles: profiles, next: next * Int64(limit) > last ? nil : WalkCursor(block: next))
    }
}

extension WalkCursor {
    /// The number of the next block, which tells nothing of a subject.
    var block: Int64? { Int64(String(decoding: bytes, as: UTF8.self)) }

    init(block: Int64) { self.init(Array("\(block)".utf8)) }
}

extension SQLiteProfileStore {
    public func profiles(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ProfilePage {
        try await file.read { db in try ProfileWalkQuery(db).page(segment, after: cursor, limit: limit) }
    }
}
