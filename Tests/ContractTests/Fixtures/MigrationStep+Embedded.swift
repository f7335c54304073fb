import Bureau
import Contracts
import Repositories

extension MigrationStep {
    /// The steps of an embedded base's schema that the binary carries, in order.
    static func embedded(_ base: Base) -> [MigrationStep] {
        embedded(in: "sqlite/\(base.rawValue.lowercased())/")
    }

    /// The steps of a folder of `schema/`, whose path ends in `/`, in order.
    static func embedded(in folder: String) -> [MigrationStep] {
        let end = ".up.sql"
        let files = Dictionary(uniqueKeysWithValues: EmbeddedFile.all.map { ($0.path, "\($0.text)") })
        return files.keys.filter { $0.hasPrefix(folder) && $0.hasSuffix(end) }.sorted().map { path in
            let name = String(path.dropFirst(folder.count).dropLast(end.count))
            return MigrationStep(name, up: files[path] ?? "", down: files["\(folder)\(name).down.sql"] ?? "")
        }
    }

    /// A step with a checksum that changes with `up`, as a real one does.
    init(_ name: String, up: String, down: String = "") {
        let sum = up.utf8.reduce(into: UInt64(5381)) { $0 = $0 &* 33 ^ UInt64($1) }
        self.init(name: name, up: up, down: down, checksum: String(sum, radix: 16))
    }
}

extension [MigrationStep] {
    /// How many steps are taken back to undo the one whose name begins with `number`, itself included.
    func countBack(to number: String) -> Int { count { $0.name >= number } }
}
