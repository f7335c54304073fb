/// What a sentinel says of the primary.
struct SentinelAnswer: Hashable, Sendable {
    var primary: RedisEndpoint
    /// Grows with each failover; 0 when the sentinel does not tell.
    var configEpoch: Int64
}

/// What each sentinel said last, and the primary that follows from it.
///
/// Sentinels learn of a failover one after the other, and the newest configuration holds (Redis Sentinel,
/// "Configuration epochs"). An older one counts only when a majority answers, because those with the newer one may be
/// out of reach.
struct SentinelViews {
    private struct View {
        var answer: Result<SentinelAnswer, RedisFault> = .failure(.timedOut)
        var round = 0
    }

    private var views: [View]
    private var known: SentinelAnswer?
    /// The number of the last question to all sentinels.
    private(set) var round = 1

    init(count: Int) {
        views = Array(repeating: View(), count: count)
    }

    /// Nil until a sentinel has answered.
    var primary: RedisEndpoint? { known?.primary }

    /// Counts another question to all sentinels.
    mutating func beginRound() -> Int {
        round += 1
        return round
    }

    /// Notes a sentinel's answer to the question of a round; true when another server than before is the primary.
    mutating func note(_ answer: Result<SentinelAnswer, RedisFault>, of index: Int, in round: Int) -> Bool {
        views[index] = View(answer: answer, round: round)
        let answers = views.compactMap { try? $0.answer.get() }
        guard let newest = answers.map(\.configEpoch).max() else { return false }
        guard isMajority(answers.count) || newest >= known?.configEpoch ?? 0 else { return false }
        let former = known
        let named = answers.filter { $0.configEpoch == newest }
        // Sentinels may write one server in two ways, by name and by address.
        known = named.first { $0.primary == former?.primary } ?? named.first
        return former != nil && former?.primary != known?.primary
    }

    /// Whether enough sentinels have answered in a round, or no more will.
    func isOver(_ round: Int) -> Bool {
        let heard = views.filter { $0.round >= round }
        return heard.count == views.count || isMajority(heard.count { (try? $0.answer.get()) != nil })
    }

    /// The primary, when a sentinel has answered in a round; otherwise why each has not.
    func outcome(of round: Int, _ sentinels: [RedisEndpoint]) -> Result<RedisEndpoint, RedisFault> {
        var faults: [(server: String, fault: RedisFault)] = []
        for (view, sentinel) in zip(views, sentinels) {
            switch view.round < round ? .failure(.timedOut) : view.answer {
            case .success(let answer): return .success(primary ?? answer.primary)
            case .failure(let fault): faults.append(("\(sentinel)", fault))
            }
        }
        return .failure(.of(faults))
    }

    private func isMajority(_ count: Int) -> Bool { count * 2 > views.count }
}
