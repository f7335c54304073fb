import Bureau
import Repositories

extension [SubjectToken: Tombstone] {
    /// The tombstones after a token, in the order of their tokens.
    func page(after token: SubjectToken?, limit: Int) -> [Tombstone] {
        let later = values.filter { tombstone in token.map { tombstone.token > $0 } ?? true }
        return Array(later.sorted { $0.token < $1.token }.prefix(limit))
    }
}

extension [RecordID: NewOutboxEntry] {
    /// Keeps a task unless it is there, and returns what stands.
    mutating func insert(_ new: NewOutboxEntry) -> NewOutboxEntry {
        let id = new.entry.entryID
        if let known = self[id] { return known }
        self[id] = new
        return new
    }

    mutating func claim(_ limit: Int, at now: Instant, until deadline: Instant) -> [OutboxEntry] {
        let free = values.filter { $0.lockedUntil < now }.sorted { $0.at < $1.at }.prefix(limit)
        for new in free { self[new.entry.entryID]?.lockedUntil = deadline }
        return free.map(\.entry)
    }
}
