import Bureau
import Repositories

extension Sample {
    static func tombstone(_ subject: Int, note number: Int? = nil) -> Tombstone {
        Tombstone(token: token(subject), note: sealed(number ?? 7000 + subject))
    }

    static func entry(
        _ number: Int, at second: Int = 0, lockedUntil locked: Int = 30, audit: Int? = nil
    ) -> NewOutboxEntry {
        NewOutboxEntry(
            entry: OutboxEntry(entryID: id(number), note: sealed(8000 + number)), at: instant(second),
            lockedUntil: instant(locked),
            audit: [
                Sample.audit(
                    Sample.record(audit ?? 2_000_000 + number, number, method: "subject.erase", purpose: nil))
            ])
    }
}

extension ErasableStore {
    func tombstone(_ subject: Int) async throws -> Tombstone? {
        try await tombstones(after: nil, limit: 1000).first { $0.token == Sample.token(subject) }
    }

    func hasAnything(of subject: Int) async throws -> Bool {
        try await remains(of: [Sample.token(subject)])[0]
    }
}
