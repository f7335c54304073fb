import Bureau
import GRDB
import Repositories

/// The writing of the assets and incomes of one profile after another, on one connection.
struct ProfilePartTables {
    private let assetInsertion: PreparedStatement
    private let incomeInsertion: PreparedStatement
    private let assetDeletion: PreparedStatement
    private let incomeDeletion: PreparedStatement

    init(_ db: Database) throws {
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
    }

    func insert(_ content: ProfileContent, profile: Int64) throws {
        for (position, asset) in content.assets.enumerated() {
            try assetInsertion.run(
                profile, position, asset.kind, asset.value, asset.paidOff, asset.outstanding, asset.description)
        }
        for (position, income) in content.incomeSources.enumerated() {
            try incomeInsertion.run(
                profile, position, income.kind, income.monthlyAmount, income.employer, income.since)
        }
    }

    func delete(profile: Int64) throws {
        try assetDeletion.run(profile)
        try incomeDeletion.run(profile)
    }
}
