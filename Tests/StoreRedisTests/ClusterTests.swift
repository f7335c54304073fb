import Testing

@testable import StoreRedis

@Suite("Redirections and the map of a cluster")
struct ClusterTests {
    private let here = Endpoint(host: "10.0.0.1", port: 7000)
    private let there = Endpoint(host: "10.0.0.2", port: 7001)

    @Test("errors are told apart by their first word")
    func errors() {
        let expected: [(String, ServerError)] = [
            ("MOVED 3999 10.0.0.2:7001", .moved(slot: 3999, to: there)), ("ASK 3999 10.0.0.2:7001", .ask(there)),
            ("MOVED 1 :7001", .moved(slot: 1, to: Endpoint(host: "10.0.0.1", port: 7001))),
            ("MOVED 1 ::1:7001", .moved(slot: 1, to: Endpoint(host: "::1", port: 7001))),
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
            #expect(Array(text.utf8).withUnsafeBufferPointer { ServerError($0, from: here) } == error, "\(text)")
        }
    }

    @Test("each refusal has its way: to the new owner, asking, with the script, or later")
    func routes() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let outcome = redirections.next(
            [(0, .moved(slot: 7, to: there)), (2, .ask(there)), (3, .noScript)], using: &random)
        #expect(
            outcome
                == .again(
                    .init(
                        routes: [(0, .owner), (2, .asking(there)), (3, .ownerWithScript)],
                        moves: [(slot: UInt16(7), to: there)],
                        needsRefresh: true, pauseMilliseconds: 0)))
    }

    @Test("a cluster without an answer is asked again after a pause, a bounded number of times")
    func bounded() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        for _ in 1..<Limits.attempts {
            guard case .again(let step) = redirections.next([(0, .clusterDown)], using: &random) else {
                Issue.record("it gave up early")
                return
            }
            #expect(step.pauseMilliseconds > 0 && step.needsRefresh)
        }
        #expect(redirections.next([(0, .clusterDown)], using: &random) == .fails(.clusterDown))
    }

    @Test("two nodes that send a command to each other are left after a bounded number of times")
    func circle() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        var count = 0
        while case .again = redirections.next([(0, .moved(slot: 1, to: there))], using: &random) { count += 1 }
        #expect(count == Limits.attempts - 1)
    }

    @Test("a fault among redirections ends the call")
    func fault() {
        var redirections = Redirections()
        var random = SystemRandomNumberGenerator()
        let refusals: [(index: Int, error: ServerError)] = [(0, .tryAgain), (1, .fault(.outOfMemory))]
        #expect(redirections.next(refusals, using: &random) == .fails(.outOfMemory))
    }

    @Test("a map has the masters of its ranges, and nobody for the rest")
    func map() throws {
        let reply = ControlReply.array([
            range(0, 99, "10.0.0.2", 7001, replica: "10.0.0.3"), range(100, 16_382, "", 7000, replica: nil),
        ])
        var map = try #require(SlotMap(reply, from: here))
        #expect(map.nodes == [there, here])
        let slots: [UInt16] = [0, 99, 100, 16_382, 16_383]
        #expect(slots.map { map.owner(of: $0) } == [there, there, here, here, nil])
        map.move(99, to: here)
        map.move(16_383, to: Endpoint(host: "new", port: 1))
        #expect(map.owner(of: 98) == there)
        #expect(map.owner(of: 99) == here)
        #expect(map.owner(of: 16_383) == Endpoint(host: "new", port: 1))
    }

    @Test("what is no map is refused")
    func foreign() {
        let bad: [ControlReply] = [
            .null, .text("OK"), .array([.integer(1)]), .array([range(5, 4, "h", 1, replica: nil)]),
            .array([range(0, 16_384, "h", 1, replica: nil)]), .array([range(-1, 4, "h", 1, replica: nil)]),
            .array([range(0, 1, "h", 0, replica: nil)]), .array([range(0, 1, "h", 65_536, replica: nil)]),
            .array([.array([.integer(0), .integer(1)])]),
        ]
        for reply in bad { #expect(SlotMap(reply, from: here) == nil) }
    }

    private func range(
        _ first: Int64, _ last: Int64, _ host: String, _ port: Int64, replica: String?
    ) -> ControlReply {
        let nodes = [host, replica].compactMap(\.self).map { ControlReply.array([.text($0), .integer(port)]) }
        return .array([.integer(first), .integer(last)] + nodes)
    }
}
