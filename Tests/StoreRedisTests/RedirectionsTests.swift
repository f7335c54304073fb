import Testing

@testable import StoreRedis

@Suite("Errors of servers, and what a call does about them")
struct RedirectionsTests {
    private let here = RedisEndpoint(host: "10.0.0.1", port: 7000)
    private let there = RedisEndpoint(host: "10.0.0.2", port: 7001)

    @Test("the first word of an error identifies it")
    func errors() {
        let expected: [(String, RedisServerError)] = [
            ("MOVED 3999 10.0.0.2:7001", .moved(slot: 3999, to: there)), ("ASK 3999 10.0.0.2:7001", .ask(there)),
            ("MOVED 1 :7001", .moved(slot: 1, to: RedisEndpoint(host: "10.0.0.1", port: 7001))),
            ("MOVED 1 ::1:7001", .moved(slot: 1, to: RedisEndpoint(host: "::1", port: 7001))),
            ("MOVED 16384 10.0.0.2:7001", .fault(.notRedis)), ("MOVED 1", .fault(.notRedis)),
            ("MOVED x 10.0.0.2:7001", .fault(.notRedis)), ("ASK 1 10.0.0.2", .fault(.notRedis)),
            ("TRYAGAIN Multiple keys", .tryAgain), ("CLUSTERDOWN The cluster is down", .clusterDown),
            ("NOSCRIPT No matching script", .noScript), ("LOADING Redis is loading", .fault(.loading)),
            ("BUSY Redis is busy", .fault(.busy)), ("READONLY You can't", .fault(.readOnly)),
            ("OOM command not allowed", .fault(.outOfMemory)), ("MISCONF Errors", .fault(.cannotPersist)),
            ("MASTERDOWN Link", .fault(.masterDown)), ("NOAUTH Authentication required.", .fault(.denied)),
            ("WRONGPASS invalid", .fault(.denied)), ("NOPERM this user", .fault(.denied)),
            ("WRONGTYPE Operation", .fault(.wrongData)), ("ERR user_script:1: bad", .fault(.wrongData)),
            ("ERR unknown command", .fault(.other)), ("", .fault(.other)),
        ]
        for (text, error) in expected {
            #expect(RedisServerError(text, from: here) == error, "\(text)")
        }
    }

    @Test("a refused command goes to the new owner, to a node after ASKING, or to its owner after the script")
    func routes() throws {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let step = try redirections.next(
            [
                .init(index: 0, error: .moved(slot: 7, to: there)), .init(index: 2, error: .ask(there)),
                .init(index: 3, error: .noScript),
            ], using: &random)
        #expect(
            step
                == .init(
                    resends: [
                        .init(index: 0, route: .owner), .init(index: 2, route: .asking(there)),
                        .init(index: 3, route: .ownerWithScript),
                    ],
                    moves: [7: there], needsRefresh: true, pause: .zero))
    }

    @Test("commands to a cluster that is down are sent again after a pause, a bounded number of times")
    func bounded() throws {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        for _ in 1..<RedisLimits.attempts {
            let step = try redirections.next([.init(index: 0, error: .clusterDown)], using: &random)
            #expect(step.pause > .zero && step.needsRefresh)
        }
        #expect(throws: RedisFault.clusterDown) {
            try redirections.next([.init(index: 0, error: .clusterDown)], using: &random)
        }
    }

    @Test("a command that two nodes redirect to each other is sent a bounded number of times")
    func circle() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        var count = 0
        while (try? redirections.next([.init(index: 0, error: .moved(slot: 1, to: there))], using: &random)) != nil {
            count += 1
        }
        #expect(count == RedisLimits.attempts - 1)
    }

    @Test("a fault among redirections ends the call")
    func fault() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let refusals = [
            RefusedCommand(index: 0, error: .tryAgain), RefusedCommand(index: 1, error: .fault(.outOfMemory)),
        ]
        #expect(throws: RedisFault.outOfMemory) { try redirections.next(refusals, using: &random) }
    }

    @Test("the first pause is short, and the next ones double up to a bound")
    func pauses() {
        var redirections = Redirections()
        var generator = ConstantGenerator(value: .max)
        var pauses: [Duration] = []
        while let step = try? redirections.next([.init(index: 0, error: .tryAgain)], using: &generator) {
            pauses.append(step.pause)
        }
        #expect(pauses == [1, 50, 100, 200, 400].map { .milliseconds($0) })
    }
}
