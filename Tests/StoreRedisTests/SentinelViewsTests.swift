import Testing

@testable import StoreRedis

@Suite("What sentinels say of the primary")
struct SentinelViewsTests {
    private let servers = (1...3).map { RedisEndpoint(host: "10.0.0.\($0)", port: 6379) }
    private let sentinels = (1...3).map { RedisEndpoint(host: "sentinel-\($0)", port: 26_379) }

    private func answer(_ server: Int, _ epoch: Int64) -> Result<SentinelAnswer, RedisFault> {
        .success(SentinelAnswer(primary: servers[server], configEpoch: epoch))
    }

    @Test("one sentinel with a newer configuration is followed, and those that lag behind change nothing")
    func newest() {
        var views = SentinelViews(count: 3)
        for index in 0..<3 {
            let isSwitch = views.note(answer(0, 4), of: index, in: 1)
            #expect(!isSwitch)
        }
        #expect(views.primary == servers[0])
        let isSwitch = views.note(answer(1, 5), of: 2, in: 1)
        #expect(isSwitch)
        for index in [0, 1, 2, 0] {
            let isSwitch = views.note(answer(index == 2 ? 1 : 0, index == 2 ? 5 : 4), of: index, in: 1)
            #expect(!isSwitch)
        }
        #expect(views.primary == servers[1])
    }

    @Test("an older configuration holds once a majority has no newer one")
    func older() {
        var views = SentinelViews(count: 3)
        let first = views.note(answer(1, 5), of: 0, in: 1)
        #expect(!first && views.primary == servers[1])
        let lost = views.note(.failure(.timedOut), of: 0, in: 1)
        let minority = views.note(answer(0, 4), of: 1, in: 1)
        #expect(!lost && !minority && views.primary == servers[1])
        let majority = views.note(answer(0, 4), of: 2, in: 1)
        #expect(majority && views.primary == servers[0])
    }

    @Test("two names of one configuration are no switch, as long as a sentinel says the known one")
    func names() {
        var views = SentinelViews(count: 2)
        let changes = [(0, 0), (1, 1), (0, 0), (1, 1)].map { server, index in
            views.note(answer(server, 3), of: index, in: 1)
        }
        #expect(!changes.contains(true) && views.primary == servers[0])
        let isSwitch = views.note(answer(1, 3), of: 0, in: 1)
        #expect(isSwitch && views.primary == servers[1])
    }

    @Test("a round is over when a majority has answered it, or all have been heard")
    func rounds() {
        var views = SentinelViews(count: 3)
        for index in 0..<3 { _ = views.note(answer(0, 1), of: index, in: 1) }
        let round = views.beginRound()
        _ = views.note(.failure(.system(111)), of: 0, in: round)
        _ = views.note(answer(0, 1), of: 1, in: round - 1)
        _ = views.note(answer(0, 1), of: 2, in: round)
        #expect(!views.isOver(round))
        _ = views.note(.failure(.timedOut), of: 1, in: round)
        #expect(views.isOver(round))
        let next = views.beginRound()
        _ = views.note(answer(0, 1), of: 0, in: next)
        #expect(!views.isOver(next))
        _ = views.note(answer(0, 1), of: 1, in: next)
        #expect(views.isOver(next))
    }

    @Test("without an answer in a round each sentinel's fault is told, also when a primary was known")
    func unanswered() {
        var views = SentinelViews(count: 3)
        for index in 0..<3 { _ = views.note(answer(0, 1), of: index, in: 1) }
        let round = views.beginRound()
        _ = views.note(.failure(.noSuchPrimary), of: 1, in: round)
        let faults: [(server: String, fault: RedisFault)] = [
            ("\(sentinels[0])", .timedOut), ("\(sentinels[1])", .noSuchPrimary), ("\(sentinels[2])", .timedOut),
        ]
        #expect(views.outcome(of: round, sentinels) == .failure(.of(faults)))
        _ = views.note(answer(2, 2), of: 2, in: round)
        #expect(views.outcome(of: round, sentinels) == .success(servers[2]))
    }
}
