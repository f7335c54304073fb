import Bureau
import Repositories

/// A store as it is named on the command line or in the environment.
enum StoreURL: Hashable {
    /// `sqlite:PATH`, an embedded file.
    case sqlite(path: String)
    /// libpq's own URL.
    case postgresql(String)
    /// `dynamodb://TABLE?endpoint=…&region=…`
    case dynamodb(String)
    /// `redis://`, `rediss://`, `redis+cluster://` or `rediss+cluster://`
    case redis(String)

    /// Nil for any other text.
    init?(_ argument: String) {
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        switch argument[..<colon] {
        case "sqlite":
            let path = argument[argument.index(after: colon)...]
            guard !path.isEmpty else { return nil }
            self = .sqlite(path: String(path))
        case "postgresql", "postgres": self = .postgresql(argument)
        case "dynamodb": self = .dynamodb(argument)
        case "redis", "rediss", "redis+cluster", "rediss+cluster": self = .redis(argument)
        default: return nil
        }
    }

    /// The folder of `schema/` with the steps of this store's schema; nil for a store that has none.
    func migrationFolder(of base: Base) -> String? {
        switch self {
        case .sqlite: "sqlite/\(base.rawValue.lowercased())"
        case .postgresql: "postgres"
        case .dynamodb: "dynamodb"
        case .redis: nil
        }
    }
}
