import Foundation
import Repositories
import StorePostgres
import Testing

extension Driver<PersonPlace> {
    /// The PostgreSQL server at `CREDITD_TEST_POSTGRES`. It is left out when there is none, unless stores are required.
    ///
    /// Stores log in as a member of the role `creditd`, which owns nothing, so that every contract also holds with the
    /// rights that the migrations grant.
    static var postgres: [Self] {
        let environment = ProcessInfo.processInfo.environment
        guard environment["CREDITD_TEST_POSTGRES"] != nil || environment["CREDITD_REQUIRE_STORES"] == "1" else {
            return []
        }
        return [
            Driver(name: "PostgreSQL") {
                let schema = try PostgresSchema()
                try schema.migrate()
                return PersonPlace(
                    open: { SchemaBoundStore(store: try schema.open(), schema: schema) },
                    auditLog: { try schema.auditLog() })
            }
        ]
    }
}
