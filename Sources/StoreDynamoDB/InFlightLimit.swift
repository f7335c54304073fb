/// How many requests may be on the way at once, learnt from how long answers take: one more for each full round of
/// quick answers, a third less after a slow one. So a small server is not buried and a large one is used.
struct InFlightLimit: Sendable {
    static let slowMilliseconds: Int64 = 500
    private static let start = 8

    let most: Int
    private(set) var current: Int
    private var quickAnswers = 0
    /// What started before then says nothing of the limit as it is now.
    private var changedAt = Int64.min

    init(most: Int) {
        self.most = most
        current = min(Self.start, most)
    }

    /// A request was answered, or throttled, or not answered at all. Times are milliseconds of a monotonic clock.
    mutating func note(startedAt start: Int64, endedAt end: Int64, wasRefused: Bool = false) {
        if wasRefused || end - start > Self.slowMilliseconds {
            guard start >= changedAt else { return }
            current = max(1, current * 2 / 3)
            changedAt = end
            quickAnswers = 0
        } else {
            quickAnswers += 1
            guard quickAnswers >= current, current < most else { return }
            current += 1
            quickAnswers = 0
        }
    }
}
