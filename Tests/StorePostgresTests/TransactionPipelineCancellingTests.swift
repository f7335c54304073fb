import Testing

@testable import StorePostgres

@Suite("The cancelling of the transactions in flight on a connection")
struct TransactionPipelineCancellingTests {
    private typealias StringPipeline = TransactionPipeline<String, Int>

    private static let timeout: Duration = .seconds(5)
    private static let given = ServerRefusal(state: SQLState("57014"), isFatal: false)
    private static let deadlock = ServerRefusal(state: SQLState("40P01"), isFatal: false)

    private let start = ContinuousClock.now

    /// Transactions of one statement each, sent whole.
    private func sent(_ works: String...) -> StringPipeline {
        var pipeline = StringPipeline(statementTimeout: Self.timeout)
        for work in works { pipeline.add(work, statementCount: 1, deadline: start + .seconds(6)) }
        pipeline.allSent()
        return pipeline
    }

    /// Takes the replies at a time after the start, and returns the results of the transactions that they end.
    private func feed(
        _ replies: PipelineReply<Int>..., to pipeline: inout StringPipeline, after time: Duration = .zero
    ) -> [String] {
        replies.compactMap { reply in
            pipeline.receive(reply, at: start + time).map { completion in
                switch completion.result {
                case .success: "\(completion.work) served"
                case .failure(let failure): "\(completion.work) \(failure)"
                }
            }
        }
    }

    private static let refused = "refused(57014, statement: 0)"

    @Test("only the first transaction is cancelled, by one request at a time")
    func first() {
        var pipeline = sent("a", "b", "c")
        #expect(pipeline.takeCancelRequest(at: start) == false)
        pipeline.noteCancelled { $0 == "b" }
        #expect(pipeline.takeCancelRequest(at: start) == false)
        #expect(pipeline.nextAct(after: start) == start + .seconds(6))
        #expect(feed(.rows(1), .synchronized, to: &pipeline) == ["a served"])
        #expect(pipeline.nextAct(after: start) == start)
        #expect(pipeline.takeCancelRequest(at: start) == true)
        #expect(pipeline.takeCancelRequest(at: start) == false)
        #expect(pipeline.nextAct(after: start) == start + .seconds(6))
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["b \(Self.refused)"])
        #expect(feed(.rows(3), .synchronized, to: &pipeline) == ["c served"])
    }

    @Test("a transaction that goes on after its request is cancelled again after a pause")
    func again() {
        var pipeline = sent("a")
        pipeline.noteCancelled { _ in true }
        #expect(pipeline.takeCancelRequest(at: start) == true)
        pipeline.cancelRequestIsOver(at: start)
        let next = start + .milliseconds(100)
        #expect(pipeline.nextAct(after: start) == next)
        #expect(pipeline.takeCancelRequest(at: start) == false)
        #expect(pipeline.takeCancelRequest(at: next) == true)
    }

    @Test("a cancelled transaction does not wait for the pause of the one before it")
    func noPause() {
        var pipeline = sent("a", "b", "c")
        pipeline.noteCancelled { $0 != "c" }
        #expect(pipeline.takeCancelRequest(at: start) == true)
        pipeline.cancelRequestIsOver(at: start)
        _ = feed(.rows(1), .synchronized, to: &pipeline)
        #expect(pipeline.takeCancelRequest(at: start) == true)
        _ = feed(.rows(2), .synchronized, to: &pipeline)
        pipeline.cancelRequestIsOver(at: start)
        pipeline.noteCancelled { _ in true }
        #expect(pipeline.takeCancelRequest(at: start) == true)
    }

    @Test("a transaction that the server has refused is not cancelled")
    func refusedAlready() {
        var pipeline = sent("a")
        _ = feed(.refused(Self.deadlock), to: &pipeline)
        pipeline.noteCancelled { _ in true }
        #expect(pipeline.takeCancelRequest(at: start) == false)
    }

    @Test("a transaction that the request for another hits must run again, also when it was added later")
    func stray() {
        var pipeline = sent("a", "b")
        pipeline.noteCancelled { $0 == "a" }
        _ = pipeline.takeCancelRequest(at: start)
        pipeline.add("c", statementCount: 1, deadline: start + .seconds(6))
        #expect(feed(.rows(1), .synchronized, to: &pipeline) == ["a served"])
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["b interrupted"])
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["c interrupted"])
        #expect(!pipeline.isBroken && !pipeline.isSpent)
    }

    @Test("a transaction that was hit must run again also when the connection is lost before the server synchronizes")
    func strayThenLost() {
        var pipeline = sent("a", "b")
        pipeline.noteCancelled { $0 == "a" }
        _ = pipeline.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, .refused(Self.given), to: &pipeline) == ["a served"])
        let ended = pipeline.end().map { completion in
            if case .failure(.interrupted) = completion.result { "\(completion.work) interrupted" } else { "other" }
        }
        #expect(ended == ["b interrupted"])
    }

    @Test("a refusal is the server's own when no request was in flight, long after one, or for another reason")
    func ownServerRefusal() {
        var pipeline = sent("a", "b")
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["a \(Self.refused)"])
        pipeline.noteCancelled { _ in true }
        _ = pipeline.takeCancelRequest(at: start)
        pipeline.cancelRequestIsOver(at: start)
        pipeline.add("added after the request", statementCount: 1, deadline: start + .seconds(6))
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["b \(Self.refused)"])
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["added after the request \(Self.refused)"])

        var late = sent("a", "b", "c")
        late.noteCancelled { $0 == "a" }
        _ = late.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, to: &late) == ["a served"])
        let refusal = feed(.refused(Self.given), .synchronized, to: &late, after: Self.timeout)
        #expect(refusal == ["b \(Self.refused)"])
        #expect(
            feed(.refused(Self.deadlock), .synchronized, to: &late) == ["c refused(40P01, statement: 0)"])
    }

    @Test("a cancelled transaction does not run again, whatever request has hit it")
    func cancelledAndHit() {
        var pipeline = sent("a", "b")
        pipeline.noteCancelled { _ in true }
        _ = pipeline.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, to: &pipeline) == ["a served"])
        #expect(feed(.refused(Self.given), .synchronized, to: &pipeline) == ["b \(Self.refused)"])
    }
}
