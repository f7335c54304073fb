import Bureau
import GRDB
import Repositories

/// The reading of the newest event of each kind, on one connection.
struct LatestEventQuery {
    private let search: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT kind, body FROM latest_event WHERE token = ?1", on: db)
    }

    func events(_ token: SubjectToken) throws -> LatestEvents {
        var latest = LatestEvents()
        try search.forEach(token) { row in
            switch try row.value(0, as: EventKind.self) {
            case .bureauQuery: latest.bureauQuery = try row.value(1)
            case .movement: latest.movement = try row.value(1)
            case .cardPurchase: latest.cardPurchase = try row.value(1)
            }
        }
        return latest
    }
}
