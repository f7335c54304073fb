import Bureau
import GRDB
import Repositories

/// Writes base B's profiles with their assets and incomes, on one connection.
struct ProfileTable {
    private let insertion: PreparedStatement
    private let replacement: PreparedStatement
    private let deletion: PreparedStatement
    private let search: PreparedStatement
    private let assetInsertion: PreparedStatement
    private let incomeInsertion: PreparedStatement
    private let assetDeletion: PreparedStatement
    private let incomeDeletion: PreparedStatement
    private let pastVersion: PreparedStatement
    private let pastVersionDeletion: PreparedStatement
    private let pastVersionInsertion: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO profile
                (token, data_key, birth_date, housing, address, version, created_at, updated_at, address_layout)
            VALUES (?1, ?2, ?3, ?4, ?5, ?7, ?6, ?9, ?8)
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE profile SET data_key = ?2, birth_date = ?3, housing = ?4, address = ?5, version = version + 1,
                updated_at = ?6, address_layout = ?7
            WHERE id = ?1
            """, on: db)
        deletion = try PreparedStatement("DELETE FROM profile WHERE id = ?1", on: db)
        search = try PreparedStatement("SELECT id, version FROM profile WHERE token = ?1", on: db)
        assetInsertion = try PreparedStatement(
            """
            INSERT INTO asset (profile, position, kind, value_cents, paid_off, outstanding_cents, description)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, on: db)
        incomeInsertion = try PreparedStatement(
            """
            INSERT INTO income_source (profile, position, kind, monthly_amount_cents, employer, since)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, on: db)
        assetDeletion = try PreparedStatement("DELETE FROM asset WHERE profile = ?1", on: db)
        incomeDeletion = try PreparedStatement("DELETE FROM income_source WHERE profile = ?1", on: db)
        pastVersion = try PreparedStatement("SELECT version FROM deleted_profile WHERE token = ?1", on: db)
        pastVersionDeletion = try PreparedStatement("DELETE FROM deleted_profile WHERE token = ?1", on: db)
        pastVersionInsertion = try PreparedStatement("INSERT INTO deleted_profile VALUES (?1, ?2)", on: db)
    }

    /// Finds the row that assets, incomes and scores refer to, and the version that a write compares.
    func state(_ token: SubjectToken) throws -> (row: Int64, version: Int64)? {
        try search.first(token) { (row: try $0.value(0), version: try $0.value(1)) }
    }

    /// Inserts a profile, whose version goes on from that of a deleted one, and returns the version.
    func insert(_ put: ProfilePut) throws -> Int64 {
        let content = put.content
        let past: Int64? = try pastVersion.first(content.token) { try $0.value(0) }
        let version = (past ?? 0) + 1
        try insertion.run(
            content.token, content.dataKey, content.birthDate, content.housing, content.address, put.times.created,
            version, put.addressLayout, put.times.updated)
        try insertParts(content, profile: insertion.lastInsertedRowID)
        if past != nil { try pastVersionDeletion.run(content.token) }
        return version
    }

    func replace(_ row: Int64, with put: ProfilePut) throws {
        let content = put.content
        try replacement.run(
            row, content.dataKey, content.birthDate, content.housing, content.address,
            put.times.updated, put.addressLayout)
        try assetDeletion.run(row)
        try incomeDeletion.run(row)
        try insertParts(content, profile: row)
    }

    /// Deletes a profile and, by the references, the assets, incomes and scores. Its version stays under the token.
    func delete(_ profile: (row: Int64, version: Int64), of token: SubjectToken) throws {
        try deletion.run(profile.row)
        try pastVersionInsertion.run(token, profile.version)
    }

    private func insertParts(_ content: ProfileContent, profile: Int64) throws {
        for (position, asset) in content.assets.enumerated() {
            try assetInsertion.run(
                profile, position, asset.kind, asset.value, asset.paidOff, asset.outstanding, asset.description)
        }
        for (position, income) in content.incomeSources.enumerated() {
            try incomeInsertion.run(
                profile, position, income.kind, income.monthlyAmount, income.employer, income.since)
        }
    }
}

/// Reads profiles with their assets and incomes, on one connection.
struct ProfileQuery {
    private let profile: PreparedStatement
    private let assets: PreparedStatement
    private let incomeSources: PreparedStatement

    init(_ db: Database) throws {
        profile = try PreparedStatement(
            """
            SELECT id, data_key, birth_date, housing, address, version, created_at, updated_at
            FROM profile WHERE token = ?1
            """, on: db)
        assets = try PreparedStatement(
            """
            SELECT profile, kind, value_cents, paid_off, outstanding_cents, description
            FROM asset WHERE profile BETWEEN ?1 AND ?2 ORDER BY profile, position
            """, on: db)
        incomeSources = try PreparedStatement(
            """
            SELECT profile, kind, monthly_amount_cents, employer, since
            FROM income_source WHERE profile BETWEEN ?1 AND ?2 ORDER BY profile, position
            """, on: db)
    }

    /// Reads the profiles of subjects; nil for a subject without one.
    ///
    /// The parts of profiles that were written after one another lie beside one another, and are read together.
    func records(_ tokens: [SubjectToken]) throws -> [ProfileRecord?] {
        var records: [ProfileRecord?] = []
        records.reserveCapacity(tokens.count)
        var rows: [ProfileRow] = []
        for (index, token) in tokens.enumerated() {
            let record = try profile.first(token) { row in
                rows.append(ProfileRow(id: try row.value(0), index: index))
                return try ProfileRecord(
                    content: ProfileContent(
                        token: token, dataKey: row.value(1), birthDate: row.value(2), housing: row.value(3),
                        address: row.value(4), assets: [], incomeSources: []),
                    version: row.value(5), times: RowTimes(created: row.value(6), updated: row.value(7)))
            }
            records.append(record)
        }
        rows.sort { $0.id < $1.id }
        while !rows.isEmpty {
            let start = rows.indices.last { $0 == 0 || rows[$0].id != rows[$0 - 1].id + 1 } ?? 0
            try readParts(of: rows[start...], into: &records)
            rows.removeSubrange(start...)
        }
        return records
    }

    /// Reads the parts of profiles whose rows follow one another without a gap.
    private func readParts(of rows: ArraySlice<ProfileRow>, into records: inout [ProfileRecord?]) throws {
        guard let first = rows.first?.id, let last = rows.last?.id else { return }
        func index(_ row: SQLiteRow) throws -> Int {
            let id: Int64 = try row.value(0)
            return rows[rows.startIndex + Int(id - first)].index
        }
        try assets.forEach(first, last) { row in
            let asset = try AssetRecord(
                kind: row.value(1), value: row.value(2), paidOff: row.value(3), outstanding: row.value(4),
                description: row.value(5))
            records[try index(row)]?.content.assets.append(asset)
        }
        try incomeSources.forEach(first, last) { row in
            let income = try IncomeRecord(
                kind: row.value(1), monthlyAmount: row.value(2), employer: row.value(3), since: row.value(4))
            records[try index(row)]?.content.incomeSources.append(income)
        }
    }
}

/// The row of a profile that was asked for, and where the profile stands in the answer.
private struct ProfileRow {
    let id: Int64
    let index: Int
}
