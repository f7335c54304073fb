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
        var (bureauQuery, movement, cardPurchase): ([UInt8]?, [UInt8]?, [UInt8]?) = (nil, nil, nil)
        try search.forEach(token) { row in
            switch try row.value(0, as: EventKind.self) {
            case .bureauQuery: bureauQuery = try row.value(1)
            case .movement: movement = try row.value(1)
            case .cardPurchase: cardPurchase = try row.value(1)
            }
        }
        return LatestEvents(bureauQuery: bureauQuery, movement: movement, cardPurchase: cardPurchase)
    }
}
