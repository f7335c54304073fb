import Bureau
import Repositories

extension MemoryEvents {
    package func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        try begin(writing: subjects.map(\.from))
        for subject in subjects {
            let (from, to) = (subject.from, subject.to)
            let known = Set(records.lazy.filter { $0.token == to }.map(\.eventID))
            for index in records.indices where records[index].token == from && !known.contains(records[index].eventID) {
                records[index].token = to
            }
            let marks = dropped.removeValue(forKey: from) ?? [:]
            if !marks.isEmpty { dropped[to, default: [:]].merge(marks) { known, _ in known } }
            receipts.move(subject)
            graves.move(subject)
        }
    }

    package func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try begin()
        let kept = [records.map(\.token), Array(dropped.keys), Array(graves.keys), receipts.keys.map(\.token)]
        return TokenPage(kept.joined().filter { $0.keyNumber < keyNumber }, after: cursor, limit: limit)
    }
}

extension [RepeatKey: Receipt] {
    /// Moves a subject's receipts, but those of keys that the other token has.
    mutating func move(_ subject: SubjectRename) {
        for (key, receipt) in self where key.token == subject.from {
            let key = RepeatKey(token: subject.to, key: key.key)
            guard self[key] == nil else { continue }
            self[key] = receipt
            self[RepeatKey(token: subject.from, key: key.key)] = nil
        }
    }
}

extension [SubjectToken: Tombstone] {
    /// Moves a subject's tombstone, unless the other token has one.
    mutating func move(_ subject: SubjectRename) {
        guard self[subject.to] == nil, let tombstone = removeValue(forKey: subject.from) else { return }
        self[subject.to] = Tombstone(token: subject.to, note: tombstone.note)
    }
}

extension TokenPage {
    /// A page of tokens in their order.
    init(_ tokens: [SubjectToken], after cursor: WalkCursor?, limit: Int) {
        let last = cursor.flatMap { SubjectToken(bytes: $0.bytes) }
        let rest = Set(tokens).filter { token in last.map { token > $0 } ?? true }.sorted()
        let page = Array(rest.prefix(limit))
        self.init(tokens: page, next: page.count < rest.count ? page.last.map { WalkCursor($0.bytes) } : nil)
    }
}
