import Contracts
import Repositories
import StoreSQLite

extension Migration {
    /// The steps of a base's schema that the binary carries, in order.
    static func embedded(_ base: Base) -> [Migration] {
        let folder = "sqlite/\(base.rawValue.lowercased())/"
        let end = ".up.sql"
        return EmbeddedFile.all
            .filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(end) }
            .sorted { $0.path < $1.path }
            .map { Migration(name: String($0.path.dropFirst(folder.count).dropLast(end.count)), sql: "\($0.text)") }
    }
}
