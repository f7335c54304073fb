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
            ("OOM command not allowed", .fault(.outOfMemory)),
            ("MISCONF Redis is configured to save", .fault(.cannotPersist(isDiskFull: false))),
            ("MISCONF Errors writing to the AOF file: No space left", .fault(.cannotPersist(isDiskFull: true))),
            ("NOREPLICAS Not enough", .fault(.fewReplicas)), ("MASTERDOWN Link", .fault(.masterDown)),
            ("NOAUTH Authentication required.", .fault(.denied(code: "NOAUTH"))),
            ("WRONGPASS invalid", .fault(.denied(code: "WRONGPASS"))),
            ("NOPERM this user has no permissions to run the 'keys' command", .fault(.commandDenied(code: "NOPERM"))),
            ("NOPERM No permissions to access a key", .fault(.keysDenied(code: "NOPERM"))),
            ("ERR max number of clients reached", .fault(.tooManyClients)),
            ("WRONGTYPE Operation", .fault(.wrongData(code: "WRONGTYPE"))),
            ("user_script:1: attempt to compare nil with number", .fault(.wrongData(code: "ERR"))),
            ("ERR unknown command 'EVALSHA'", .fault(.commandDenied(code: "ERR"))),
            (
                "ERR Unknown Redis command called from script script: a, on @user_script:1.",
                .fault(.commandDenied(code: "ERR"))
            ),
            ("ERR something else", .fault(.other(code: "ERR"))), ("", .fault(.other(code: "ERR"))),
            ("a word of somebody", .fault(.other(code: "ERR"))),
        ]
        for (text, error) in expected {
            #expect(RedisServerError(text, from: here) == error, "\(text)")
        }
    }

    @Test(
        "an error within the script keeps its kind, and HALF tells that something was written",
        arguments: [
            (
                "The user executing the script can't run this command or subcommand",
                RedisFault.commandDenied(code: "NOPERM")
            ),
            ("The user executing the script can't access at least one of the keys", .keysDenied(code: "NOPERM")),
            ("NOPERM User u has no permissions to run the 'zadd' command", .commandDenied(code: "NOPERM")),
            ("WRONGTYPE Operation against a key", .wrongData(code: "WRONGTYPE")), ("OOM command not", .outOfMemory),
        ])
    func scriptErrors(text: String, fault: RedisFault) {
        let place = "script: abc, on @user_script:7."
        let old = "ERR Error running script (call to f_abc): @user_script:7: @user_script: 7: -\(text)"
        for form in [text, "\(text) \(place)", old] {
            #expect(RedisServerError(form, from: here) == .fault(fault), "\(form)")
            #expect(RedisServerError("HALF \(form)", from: here) == .halfWritten(fault), "\(form)")
        }
    }

    @Test("a refused command goes to the new owner, to a node after ASKING, or to its owner after the script")
    func routes() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let step = redirections.next(
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
    func bounded() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        for _ in 1..<RedisLimits.attempts {
            let step = redirections.next([.init(index: 0, error: .clusterDown)], using: &random)
            #expect(step.pause > .zero && step.needsRefresh)
        }
        let last = redirections.next([.init(index: 0, error: .clusterDown)], using: &random)
        #expect(last.resends.isEmpty && last.failures == [.init(index: 0, error: .clusterDown)])
    }

    @Test("a command that two nodes redirect to each other is sent a bounded number of times")
    func circle() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        var count = 0
        let refusals = [RefusedCommand(index: 0, error: .moved(slot: 1, to: there))]
        while !redirections.next(refusals, using: &random).resends.isEmpty { count += 1 }
        #expect(count == RedisLimits.attempts - 1)
    }

    @Test("a fault fails its own command, and the others are sent again")
    func fault() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let refusals = [
            RefusedCommand(index: 0, error: .tryAgain), RefusedCommand(index: 1, error: .fault(.outOfMemory)),
        ]
        let step = redirections.next(refusals, using: &random)
        #expect(step.resends == [.init(index: 0, route: .owner)])
        #expect(step.failures == [refusals[1]])
    }

    @Test("the first pause is short, and the next ones double up to a bound")
    func pauses() {
        var redirections = Redirections()
        var generator = ConstantGenerator(value: .max)
        var pauses: [Duration] = []
        while true {
            let step = redirections.next([.init(index: 0, error: .tryAgain)], using: &generator)
            guard !step.resends.isEmpty else { break }
            pauses.append(step.pause)
        }
        #expect(pauses == [1, 50, 100, 200, 400].map { .milliseconds($0) })
    }
}
