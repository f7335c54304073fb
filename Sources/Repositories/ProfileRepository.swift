import Bureau

/// Base B: profiles and the history of scores.
///
/// Every function takes a batch and returns an outcome for each item, in the order of the items. Writes are durable
/// when a call returns. The items of one writing call must have different subjects.
public protocol ProfileRepository: ErasableStore, DataKeyRepository {
    /// Inserts or replaces whole profiles. `written`, `versionConflict`, `repeated` or `erased`.
    ///
    /// A missing profile has version 0, so that an `expectedVersion` of 0 inserts only. A deleted profile is a missing
    /// one, and its last version stays: the next profile goes on from it, so that no version stands for two profiles.
    func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome]

    /// Reads profiles; nil for an unknown subject. A failure stands for each profile that could not be read alone.
    func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>]

    /// Replaces the data keys of profiles and what is sealed under them; false where another key is there now, or no
    /// profile. It is no write of the profile: versions, times and receipts stay. Subjects must be different.
    func reseal(_ profiles: [ProfileReseal]) async throws(StoreError) -> [Bool]

    /// Reads profiles as `read` does, and tells what the store charges for it.
    func readMetered(_ tokens: [SubjectToken]) async throws(StoreError) -> MeteredProfiles

    /// Reads about `limit` profiles of a segment, from where the page before has ended.
    ///
    /// A walk over all pages of all segments meets each profile that is there from its beginning to its end once. It
    /// reads no score, and may miss what was written within the last second.
    func profiles(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ProfilePage

    /// Deletes profiles with their scores. `written` (with the last version), `notFound`, `versionConflict` or
    /// `repeated`. Nothing stays but the last version and receipts.
    func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome]

    /// Adds scores to their subjects' histories. `written` (a score has version 1), `notFound` without a profile, so
    /// that deleting a profile leaves no score behind, or `repeated`. A known `scoreID` is ignored.
    @discardableResult
    func append(_ scores: [NewScore]) async throws(StoreError) -> [WriteOutcome]

    /// Reads scores in descending order of `scoreID`, those of the newest day first. A failure stands for each query
    /// that could not be answered alone.
    func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>]

    /// Reads about `limit` scores with their inputs that were computed in a span of days, whoever they are about, from
    /// where the page before has ended, in no promised order. Those that version 0.1.0 kept have no inputs and are
    /// passed over.
    func scores(in span: InstantSpan, after cursor: WalkCursor?, limit: Int) async throws(StoreError) -> ScoreWalkPage

    /// Deletes at most `limit` scores that were computed before a day begins, the oldest first, and returns how many it
    /// found; 0 when there are none, and where the store itself deletes scores by their `expiresAt`.
    func deleteScores(before instant: Instant, limit: Int) async throws(StoreError) -> Int

    /// Enters scorecards in the register, and returns what stands under their names and versions, in their order: the
    /// entry itself, or an earlier one. No entry is ever replaced or deleted.
    func register(_ models: [RegisteredModel]) async throws(StoreError) -> [RegisteredModel]

    /// Reads the register, by name and version.
    func models() async throws(StoreError) -> [RegisteredModel]

    /// Reads the receipts of earlier writes; nil where there is none.
    ///
    /// What a receipt tells has taken effect when the call returns, also when the daemon that wrote it has ended
    /// midway.
    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?]
}

/// A profile to write in place of any stored one.
public struct ProfilePut: Sendable {
    public var content: ProfileContent
    /// The number of the layout inside the sealed address, so that a way down can tell what the former program cannot
    /// read.
    public var addressLayout: Int64 = 1
    public var expectedVersion: Int64?
    public var at: Instant
    /// When it is made or written, as the store is to have it.
    public var times: RowTimes
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?

    public init(content: ProfileContent, expectedVersion: Int64?, at: Instant) {
        self.content = content
        self.expectedVersion = expectedVersion
        self.at = at
        times = RowTimes(at)
    }
}

/// A profile to delete, at any version when `expectedVersion` is nil.
public struct ProfileDeletion: Sendable {
    public var token: SubjectToken
    public var expectedVersion: Int64?
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?

    public init(token: SubjectToken, expectedVersion: Int64?) {
        self.token = token
        self.expectedVersion = expectedVersion
    }
}

/// A page of a subject's scores: at most `limit` before an identifier that the store may have, or the newest when
/// `before` is nil.
public struct ScoreQuery: Sendable {
    public var token: SubjectToken
    public var before: RecordID?
    public var limit: Int

    public init(token: SubjectToken, before: RecordID?, limit: Int) {
        self.token = token
        self.before = before
        self.limit = limit
    }
}

extension ProfileRepository {
    public func readMetered(_ tokens: [SubjectToken]) async throws(StoreError) -> MeteredProfiles {
        MeteredProfiles(profiles: try await read(tokens), readUnits: 0)
    }
}
