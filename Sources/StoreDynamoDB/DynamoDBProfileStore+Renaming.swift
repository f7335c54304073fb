import Bureau
import JSON
import Repositories
import Synchronization

/// Subjects under other tokens.
///
/// No condition reaches two items, and no item's key can change: scores and their receipts are copied first, then the
/// profile's item, which tells from where it comes; then all is deleted under the former token, the profile's item last.
/// Until that item is gone the next call goes on with the subject, from what it finds. Nothing but this deletes a
/// profile's item, so that a copy that comes late finds the other token taken.
extension DynamoDBProfileStore {
    /// The most subjects whose scores are in memory at once.
    private static let subjectsAtOnce = 25
    /// How often a subject is tried while others change its items.
    private static let maximumTries = 8

    public func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        let found = try await look(for: subjects)
        try await moveTombstones(found.tombstones)
        for group in subjects.filter({ found.profiles.contains($0.from) }).chunks(of: Self.subjectsAtOnce) {
            try await move(Array(group))
        }
        // A receipt outlives the erasure of what is beside it, and a score whose profile is gone its deletion.
        let met = metScores.withLock { $0 }
        let bare = subjects.filter { met.contains($0.from) && !found.profiles.contains($0.from) }
        for group in bare.chunks(of: Self.subjectsAtOnce) { try await drop(try await copyScores(of: Array(group))) }
    }

    /// Moves profiles that were there, with their scores.
    private func move(_ subjects: [SubjectRename]) async throws(StoreError) {
        var open = subjects
        var overtaken: [SubjectToken] = []
        for _ in 0..<Self.maximumTries where !open.isEmpty {
            let moves = try await read(open)
            let new = moves.filter { $0.step == .copy }
            let scores = try await copyScores(of: new.map(\.subject))
            let isCopied = try await send(moves.filter { $0.step == .copy || $0.step == .copyAgain }) {
                $0.put(by: requests)
            }
            overtaken += new.map(\.subject.to).filter { !isCopied.contains($0) }
            // The copies that this call has made tell which keys there are.
            try await drop(scores.filter { isCopied.contains($0.token) })
            try await erase(
                moves.filter { $0.step == .drop || $0.step == .copyAgain && isCopied.contains($0.subject.to) }
                    .map(\.subject.from))
            let ended = moves.filter { $0.step == .drop || isCopied.contains($0.subject.to) }
            let isGone = try await send(ended) { $0.delete(by: requests) }
            open = moves.filter { $0.step != .none && !isGone.contains($0.subject.to) }.map(\.subject)
        }
        guard open.isEmpty else { throw APIFailure(fault: .conflict).storeError(afterWriting: true) }
        // What was copied after another had moved the subject may be of a profile that is gone by now.
        if let failure = await deleteScores(of: overtaken).values.first {
            throw failure.storeError(afterWriting: true)
        }
    }

    /// Sends a request for each move, and returns the other tokens of those whose conditions held.
    func send(
        _ moves: [ProfileMove], _ request: (ProfileMove) -> APIRequest?
    ) async throws(StoreError) -> Set<SubjectToken> {
        let requests = moves.compactMap { move in request(move).map { (move.subject.to, $0) } }
        var held: Set<SubjectToken> = []
        for ((token, _), outcome) in zip(requests, await driver.run(requests.map(\.1), isCancellable: false)) {
            if try outcome.tookEffect() { held.insert(token) }
        }
        return held
    }

    /// Reads the items of both tokens.
    func read(_ subjects: [SubjectRename]) async throws(StoreError) -> [ProfileMove] {
        var moves = subjects.map(ProfileMove.init)
        var places: [SubjectToken: Int] = [:]
        for (place, subject) in subjects.enumerated() {
            places[subject.from] = place
            places[subject.to] = place
        }
        try await readItems(places.keys.map { .profile(of: $0) }) { (item, token, _) throws(MalformedItem) in
            if let place = places[token] { try moves[place].add(item) }
        }
        return moves
    }

    /// A score or a receipt that is under the other token as well.
    struct CopiedItem {
        let requests: TableRequests
        let key: ItemKey
        /// The other token.
        let token: SubjectToken
    }

    /// Copies scores and their receipts to the other tokens.
    func copyScores(of subjects: [SubjectRename]) async throws(StoreError) -> [CopiedItem] {
        var copied: [CopiedItem] = []
        let pages = subjects.enumerated().map { ($0, ScorePage(itemsOf: $1.from)) }
        for requests in tablesOfScores where !subjects.isEmpty {
            var copies: [ItemCopy] = []
            let unread = await readPages(pages, in: requests, isCancellable: false) {
                (index, items) throws(MalformedItem) in
                for item in items {
                    let token = subjects[index].to
                    copied.append(CopiedItem(requests: requests, key: try ItemKey(item), token: token))
                    copies.append(try ItemCopy(item.members, under: token))
                }
                return true
            }
            if let failure = unread.values.first { throw failure.storeError(afterWriting: true) }
            let work = BatchWork<ItemCopy>(
                operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: \.key,
                request: { requests.put($0) })
            let unwritten = await runBatches(copies, work, isCancellable: false)
            if let failure = unwritten.values.first { throw failure.storeError(afterWriting: true) }
        }
        return copied
    }

    /// Deletes what was copied, under the former tokens.
    private func drop(_ copied: [CopiedItem]) async throws(StoreError) {
        for requests in tablesOfScores {
            let keys = copied.filter { $0.requests.table == requests.table }.map(\.key)
            if let failure = await delete(keys, in: requests).values.first {
                throw failure.storeError(afterWriting: true)
            }
        }
    }

    /// Finds which of the former tokens have a profile's item, and the tombstones under them.
    private func look(
        for subjects: [SubjectRename]
    ) async throws(StoreError) -> (profiles: Set<SubjectToken>, tombstones: [(subject: SubjectRename, note: Sealed)]) {
        var profiles: Set<SubjectToken> = []
        var notes: [SubjectToken: Sealed] = [:]
        let keys = subjects.flatMap { [ItemKey.profile(of: $0.from), TombstoneItem.key(of: $0.from)] }
        try await readItems(keys, projection: "pk, sk, note") { (item, token, isProfile) throws(MalformedItem) in
            if isProfile {
                profiles.insert(token)
            } else {
                notes[token] = Sealed(try ItemReader(members: item).bytes("note"))
            }
        }
        return (profiles, subjects.compactMap { subject in notes[subject.from].map { (subject, $0) } })
    }

    /// Moves tombstones, a copy first; that of another note under the other token stays, and so does its like.
    private func moveTombstones(
        _ tombstones: [(subject: SubjectRename, note: Sealed)]
    ) async throws(StoreError) {
        if tombstones.isEmpty { return }
        try await runAll(tombstones.map { requests.keep(Tombstone(token: $0.subject.to, note: $0.note)) })
        var standing: [SubjectToken: Sealed] = [:]
        try await readItems(tombstones.map { TombstoneItem.key(of: $0.subject.to) }) {
            (item, token, _) throws(MalformedItem) in
            standing[token] = Sealed(try ItemReader(members: item).bytes("note"))
        }
        let copies = tombstones.filter { standing[$0.subject.to] == $0.note }
        try await runAll(copies.map { requests.delete(TombstoneItem.key(of: $0.subject.from)) })
    }

    /// Reads items of profiles and tombstones, and gives each with its subject's token; the flag tells a profile.
    private func readItems(
        _ keys: [ItemKey], projection: String? = nil,
        _ take: (Value, SubjectToken, Bool) throws(MalformedItem) -> Void
    ) async throws(StoreError) {
        let work = BatchWork<ItemKey>(
            operation: .batchGetItem, size: TableRequests.keysOfGet, key: { $0 },
            request: { [requests] in requests.batchGet($0, projection: projection) })
        let failures = await runBatches(keys.unique(), work) { (answer) throws(MalformedItem) in
            guard let tables = answer["Responses"] else { throw MalformedItem() }
            for table in tables.members {
                for item in table.value.elements {
                    let key = try ItemKey(ItemReader(members: item))
                    guard let token = key.token else { throw MalformedItem() }
                    try take(item, token, key.sort == ItemKey.profile)
                }
            }
        }
        if let failure = failures.values.first { throw failure.storeError() }
    }
}
