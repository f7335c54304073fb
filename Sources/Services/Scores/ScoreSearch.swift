import Bureau
import Repositories
import Vault

/// The search for scores of a subject by the identifiers that clients know.
///
/// Base B has the days in order, and the scores of a day in none, because it is not to know when on its day a score was
/// computed. A page is therefore read from the end of its newest day on, until its oldest day is read whole. Scores of
/// earlier releases lie under the identifiers that clients know.
struct ScoreSearch: Sendable {
    enum Wanted: Sendable {
        /// The newest, or those before an identifier; at most `limit`.
        case newest(before: RecordID?, limit: Int)
        case one(RecordID)
    }

    /// How many scores beyond a page the first question asks for: mostly its oldest day has no more.
    private static let surplus = 8
    /// The most scores of a further question, unless a page is larger, and of all further questions of a round.
    private static let most = (ofSubject: 500, ofRound: 4000)

    private let wanted: Wanted
    private let token: SubjectToken
    /// What to ask the store next; nil when the search is over.
    private(set) var query: ScoreQuery?
    /// What has been found, the newest first.
    private(set) var result: Result<[ScoreRecord], ServiceError> = .success([])

    init(_ wanted: Wanted, of token: SubjectToken, _ session: inout VaultSession) {
        self.wanted = wanted
        self.token = token
        query =
            switch wanted {
            case .newest(let before, let limit):
                ScoreQuery(token: token, before: before?.endOfDay, limit: limit + Self.surplus)
            case .one(let id): Self.query(for: id.hidden(by: session.scorePads(id, of: token).id), of: token)
            }
    }

    /// Takes what the store has answered in a round of so many questions.
    mutating func take(
        _ answer: Result<[ScoreRecord], ServiceError>, ofRound count: Int, _ session: inout VaultSession
    ) {
        guard let asked = query else { return }
        query = nil
        guard let page = try? answer.get(), var found = try? result.get() else {
            result = answer
            return
        }
        let shown = page.map { session.shown($0) }
        switch wanted {
        case .one(let id):
            found = shown.filter { $0.scoreID == id }
            if found.isEmpty, asked.before != id.successor { query = Self.query(for: id, of: token) }
        case .newest(let before, let limit):
            found += shown.filter { score in before.map { score.scoreID < $0 } ?? true }
            found.sort { $1.scoreID < $0.scoreID }
            found.removeLast(max(0, found.count - limit))
            if page.count == asked.limit, let last = page.last, !found.isWhole(limit, above: last.scoreID) {
                let most = max(limit + Self.surplus, min(Self.most.ofSubject, Self.most.ofRound / count))
                query = ScoreQuery(token: token, before: last.scoreID, limit: most)
            }
        }
        result = .success(found)
    }

    private static func query(for id: RecordID, of token: SubjectToken) -> ScoreQuery {
        ScoreQuery(token: token, before: id.successor, limit: 1)
    }
}

extension ScoreService {
    /// Finds scores of subjects; those of the failed questions fail alone.
    func find(
        _ wanted: [ScoreSearch.Wanted], of tokens: [SubjectToken]
    ) async throws(ServiceError) -> [Result<[ScoreRecord], ServiceError>] {
        let vault = profiles.vault
        var searches = vault.withSession { session in
            zip(wanted, tokens).map { ScoreSearch($0, of: $1, &session) }
        }
        while true {
            let open = searches.indices.filter { searches[$0].query != nil }
            if open.isEmpty { return try await profiles.judged(searches.map(\.result), of: tokens) }
            let answers = try await askEach(profiles.repository.scores, open.compactMap { searches[$0].query })
            vault.withSession { session in
                for (index, answer) in zip(open, answers) {
                    searches[index].take(answer, ofRound: open.count, &session)
                }
            }
        }
    }
}

extension [ScoreRecord] {
    /// Whether nothing of the days from that of an identifier down belongs among these.
    fileprivate func isWhole(_ limit: Int, above last: RecordID) -> Bool {
        guard count == limit, let oldest = self.last, let end = last.endOfDay else { return false }
        return end <= oldest.scoreID
    }
}

extension RecordID {
    /// The next identifier; nil for the last, before which everything is.
    fileprivate var successor: RecordID? {
        if low < .max { return RecordID(high: high, low: low + 1) }
        return high < .max ? RecordID(high: high + 1, low: 0) : nil
    }
}
