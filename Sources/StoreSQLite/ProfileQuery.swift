import Bureau
import GRDB
import Repositories

/// The reading of a profile with its assets and incomes, on one connection.
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
            SELECT kind, value_cents, paid_off, outstanding_cents, description
            FROM asset WHERE profile = ?1 ORDER BY position
            """, on: db)
        incomeSources = try PreparedStatement(
            """
            SELECT kind, monthly_amount_cents, employer, since
            FROM income_source WHERE profile = ?1 ORDER BY position
            """, on: db)
    }

    func record(_ token: SubjectToken) throws -> ProfileRecord? {
        try profile.first(token) { row in
            let id: Int64 = try row.value(0)
            return ProfileRecord(
                content: ProfileContent(
                    token: token, dataKey: try row.value(1), birthDate: try row.value(2), housing: try row.value(3),
                    address: try row.value(4), assets: try assets(of: id), incomeSources: try incomeSources(of: id)),
                version: try row.value(5), createdAt: try row.value(6), updatedAt: try row.value(7))
        }
    }

    private func assets(of profile: Int64) throws -> [AssetRecord] {
        var records: [AssetRecord] = []
        try assets.forEach(profile) { row in
            records.append(
                AssetRecord(
                    kind: try row.value(0), value: try row.value(1), paidOff: try row.value(2),
                    outstanding: try row.value(3), description: try row.value(4)))
        }
        return records
    }

    private func incomeSources(of profile: Int64) throws -> [IncomeRecord] {
        var records: [IncomeRecord] = []
        try incomeSources.forEach(profile) { row in
            records.append(
                IncomeRecord(
                    kind: try row.value(0), monthlyAmount: try row.value(1), employer: try row.value(2),
                    since: try row.value(3)))
        }
        return records
    }
}
