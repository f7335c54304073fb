import Bureau
import Repositories

extension MemoryPersons {
    package func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        try begin(writing: [])
        for subject in subjects {
            if records[subject.to] == nil {
                rights.consents.rename(subject)
                records.rename(subject)
                records[subject.to]?.token = subject.to
            }
            formerVersions.rename(subject)
            rights.rename(subject)
            graves.rename(subject)
            graves[subject.to]?.token = subject.to
            for key in receipts.keys where key.token == subject.from {
                let renamed = RepeatKey(token: subject.to, key: key.key)
                if receipts[renamed] == nil { receipts[renamed] = receipts.removeValue(forKey: key) }
            }
            if blocks.contains(subject.from), !blocks.contains(subject.to) {
                blocks.remove(subject.from)
                blocks.insert(subject.to)
            }
        }
    }

    package func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try begin()
        let all = Set(records.keys).union(formerVersions.keys).union(receipts.keys.map(\.token)).union(rights.tokens)
            .union(graves.keys).union(blocks)
        let lower = all.filter { $0.keyNumber < keyNumber }.sorted()
        let page = lower.filter { token in cursor.map { $0.bytes.lexicographicallyPrecedes(token.bytes) } ?? true }
            .prefix(limit)
        return TokenPage(
            tokens: Array(page), next: page.count < limit ? nil : page.last.map { WalkCursor($0.bytes) })
    }
}

extension MemoryRights {
    fileprivate mutating func rename(_ subject: SubjectRename) {
        cadastros.rename(subject)
        for (id, request) in requests where request.token == subject.from && !isTaken(request, by: subject.to) {
            requests[id]?.token = subject.to
        }
    }

    /// Whether another subject disputes the same debt.
    private func isTaken(_ request: RequestRecord, by token: SubjectToken) -> Bool {
        requests.values.contains { other in
            other.token == token && other.kind == .dispute && request.kind == .dispute
                && other.debtID == request.debtID && other.completion == nil && request.completion == nil
        }
    }

    fileprivate var tokens: Set<SubjectToken> { Set(cadastros.keys).union(requests.values.map(\.token)) }
}

extension Dictionary where Key == SubjectToken {
    /// Moves a value, unless there is one under the other token.
    fileprivate mutating func rename(_ subject: SubjectRename) {
        if self[subject.to] == nil { self[subject.to] = removeValue(forKey: subject.from) }
    }
}
