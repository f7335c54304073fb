import Repositories
import StorePostgres

extension Driver<PersonPlace> {
    /// The PostgreSQL server at `CREDITD_TEST_POSTGRES`. It is left out when there is none, unless stores are required.
    ///
    /// Stores log in as a member of the role `creditd`, which owns nothing, so that every contract also holds with the
    /// rights that the migrations grant.
    static var postgres: [Self] {
        guard PostgresSchema.isTested else { return [] }
        return [
            Driver(name: "PostgreSQL") {
                let schema = try PostgresSchema()
                try schema.migrate()
                return PersonPlace(
                    open: { SchemaBoundStore(store: try schema.open(), schema: schema) },
                    auditLog: { try schema.auditLog() }, tamper: { try schema.tamper($0) })
            }
        ]
    }
}
