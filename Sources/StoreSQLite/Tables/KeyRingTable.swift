import Bureau
import GRDB
import Repositories

/// The mark of the key ring in a file: a table of one row.
struct KeyRingTable {
    private let db: Database
    private let base: Base

    init(_ db: Database, _ base: Base) {
        self.db = db
        self.base = base
    }

    func mark() throws -> KeyRingMark {
        if let ring = try fingerprint() { return .bound(ring) }
        return .unbound(try sample())
    }

    /// Binds the file unless it is bound, and returns what stands.
    func bind(_ ring: KeyRingFingerprint) throws -> KeyRingFingerprint {
        try PreparedStatement("INSERT OR IGNORE INTO creditd_key_ring VALUES (1, ?)", on: db).run(ring.bytes)
        return try fingerprint() ?? ring
    }

    private func fingerprint() throws -> KeyRingFingerprint? {
        try PreparedStatement("SELECT fingerprint FROM creditd_key_ring", on: db)
            .first { try KeyRingFingerprint(bytes: $0.value(0)) } ?? nil
    }

    /// A data key of anybody; nil for base C, which has none.
    private func sample() throws -> KeyRingSample? {
        let table: String
        switch base {
        case .a: table = "person"
        case .b: table = "profile"
        case .c: return nil
        }
        return try PreparedStatement("SELECT token, data_key FROM \(table) LIMIT 1", on: db)
            .first { try KeyRingSample(token: $0.value(0), dataKey: $0.value(1)) }
    }
}
