import Bureau
import Repositories

extension MemoryProfiles {
    package func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        try begin(writing: subjects.map(\.from))
        for subject in subjects {
            let (from, to) = (subject.from, subject.to)
            if records[to] == nil, pastVersions[to] == nil {
                if var record = records.removeValue(forKey: from) {
                    record.content.token = to
                    records[to] = record
                    for index in history.indices where history[index].token == from { history[index].token = to }
                }
                pastVersions[to] = pastVersions.removeValue(forKey: from)
            }
            receipts.move(subject)
            graves.move(subject)
        }
    }

    package func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try begin()
        let kept = [Array(records.keys), Array(pastVersions.keys), Array(graves.keys), receipts.keys.map(\.token)]
        return TokenPage(kept.joined().filter { $0.keyNumber < keyNumber }, after: cursor, limit: limit)
    }
}
