import Bureau
import CLibpq
import Repositories

/// One migrator's connection, which holds the lock until it is closed.
struct MigrationSession {
    private let connection: Connection

    init(_ url: ConnectionURL, _ limits: PostgresLimits) throws(MigrationError) {
        do {
            connection = try Connection(url, limits: limits)
        } catch {
            throw .unreachable(.a, reason: error.reason)
        }
        do {
            _ = try connection.rows(MigrationTable.lock)
        } catch {
            throw .unreachable(.a, reason: error.reason)
        }
    }

    /// Makes the table of the migrations, when it is not there.
    func prepare() throws(MigrationError) {
        guard try !hasTable() else { return }
        do {
            try connection.run(MigrationTable.creation)
        } catch {
            throw .unreachable(.a, reason: error.reason)
        }
    }

    /// The steps that are applied; none when there is no table yet.
    func rows() throws(MigrationError) -> [MigrationTable.Row] {
        guard try hasTable() else { return [] }
        do {
            return try MigrationTable.read(connection.rows(MigrationTable.rows))
        } catch let failure as QueryFailure {
            throw .unreachable(.a, reason: failure.reason)
        } catch {
            throw .unreachable(.a, reason: "the table creditd_migration has another shape")
        }
    }

    /// The state to go on from; refused when it is not one that `steps` lead to.
    func schema(_ steps: [MigrationStep]) throws(MigrationError) -> SchemaState {
        let schema = SchemaState(known: steps, applied: try rows().map(\.applied))
        if let step = schema.drifted { throw .drifted(.a, step: step) }
        if let step = schema.unknown { throw .unknownStep(.a, step: step) }
        return schema
    }

    func apply(_ step: MigrationStep) throws(MigrationError) {
        try transact(step) { () throws(QueryFailure) in
            try connection.run(step.up)
            _ = try connection.rows(MigrationTable.insertion, [step.name, step.checksum])
        }
    }

    func revert(_ step: MigrationStep) throws(MigrationError) {
        try transact(step) { () throws(QueryFailure) in
            try connection.run(step.down)
            _ = try connection.rows(MigrationTable.removal, [step.name])
        }
    }

    private func transact(
        _ step: MigrationStep, _ body: () throws(QueryFailure) -> Void
    ) throws(MigrationError) {
        do throws(QueryFailure) {
            try connection.run("BEGIN")
            try body()
            // A step that ended the transaction itself could not be undone.
            guard PQtransactionStatus(connection.handle) == PQTRANS_INTRANS else {
                throw QueryFailure(reason: "the step's SQL ends its transaction, which is the migrator's to do")
            }
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw .failed(.a, step: step.name, reason: error.reason)
        }
    }

    private func hasTable() throws(MigrationError) -> Bool {
        do {
            return try connection.rows(MigrationTable.existence).rowCount == 1
        } catch {
            throw .unreachable(.a, reason: error.reason)
        }
    }
}
