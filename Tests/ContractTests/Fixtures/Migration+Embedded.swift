import Contracts
import Repositories
import StoreSQLite

extension Migration {
    /// The steps of a base's schema that the binary carries, in order.
    static func embedded(_ base: Base, end: String = ".up.sql") -> [Migration] {
        let folder = "sqlite/\(base.rawValue.lowercased())/"
        return EmbeddedFile.all
            .filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(end) }
            .sorted { $0.path < $1.path }
            .map { Migration(name: String($0.path.dropFirst(folder.count).dropLast(end.count)), sql: "\($0.text)") }
    }
}
