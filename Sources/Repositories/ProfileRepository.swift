import Bureau

/// Base B: profiles and the history of scores.
///
/// Every function takes a batch and gives an outcome for each item, in the order of the items. Writes are durable
/// when a call returns. The items of one writing call name different subjects.
package protocol ProfileRepository: Store {
    /// Inserts or replaces whole profiles. `written` or `versionConflict`; an `expectedVersion` of 0 means that
    /// there must be none yet, and a profile that is not there has version 0.
    func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome]

    /// Reads profiles; nil where there is none.
    func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [ProfileRecord?]

    /// Deletes profiles with their scores. `written` (with the last version), `notFound` or `versionConflict`.
    func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome]

    /// Adds scores to their subjects' histories. A score of a subject without a profile is dropped, so that one that
    /// is computed while its profile is deleted leaves nothing behind; a `scoreID` that is there already is ignored.
    func append(_ scores: [ScoreRecord]) async throws(StoreError)

    /// Scores, the newest first, ordered by `scoreID`.
    func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [[ScoreRecord]]
}

/// A profile to be written in place of whatever was there.
package struct ProfilePut: Sendable {
    package var content: ProfileContent
    package var expectedVersion: Int64?
    package var at: Instant

    package init(content: ProfileContent, expectedVersion: Int64?, at: Instant) {
        self.content = content
        self.expectedVersion = expectedVersion
        self.at = at
    }
}

/// A profile to be deleted, whatever its version when `expectedVersion` is nil.
package struct ProfileDeletion: Sendable {
    package var token: SubjectToken
    package var expectedVersion: Int64?

    package init(token: SubjectToken, expectedVersion: Int64?) {
        self.token = token
        self.expectedVersion = expectedVersion
    }
}

/// A page of a subject's scores: those before `before` (or from the newest on), at most `limit`.
package struct ScoreQuery: Sendable {
    package var token: SubjectToken
    package var before: RecordID?
    package var limit: Int

    package init(token: SubjectToken, before: RecordID?, limit: Int) {
        self.token = token
        self.before = before
        self.limit = limit
    }
}
