import Testing

@testable import StorePostgres

@Suite("The transactions in flight on a connection")
struct TransactionPipelineTests {
    private typealias StringPipeline = TransactionPipeline<String, Int>

    private static let serialization = ServerRefusal(state: SQLState("40001"), isFatal: false)
    private static let shutdown = ServerRefusal(state: SQLState("57P01"), isFatal: true)
    private static let readOnly = ServerRefusal(state: SQLState("25006"), isFatal: false)

    /// Two transactions of two statements each, sent whole.
    private func twoSent() -> StringPipeline {
        var pipeline = StringPipeline(statementTimeout: .seconds(5))
        pipeline.add("first", statementCount: 2, deadline: .now)
        pipeline.add("second", statementCount: 2, deadline: .now)
        pipeline.allSent()
        return pipeline
    }

    /// Takes all the replies and returns the transactions that they end.
    private func feed(_ replies: [PipelineReply<Int>], to pipeline: inout StringPipeline) -> [String] {
        replies.compactMap { pipeline.receive($0, at: .now).map(Self.describe) }
    }

    private static func describe(_ completion: StringPipeline.Completion) -> String {
        switch completion.result {
        case .success(let rows): "\(completion.work) \(rows)"
        case .failure(.refused(let state, let statement)): "\(completion.work) \(state) at \(statement)"
        case .failure(let failure): "\(completion.work) \(failure)"
        }
    }

    private func end(_ pipeline: inout StringPipeline) -> [String] {
        pipeline.end().map(Self.describe)
    }

    @Test("return the rows of their statements when the server has synchronized, and not before")
    func success() {
        var pipeline = twoSent()
        #expect(feed([.rows(1), .rows(2)], to: &pipeline) == [])
        let rest: [PipelineReply<Int>] = [.synchronized, .rows(3), .rows(4), .synchronized]
        #expect(feed(rest, to: &pipeline) == ["first [1, 2]", "second [3, 4]"])
        #expect(pipeline.count == 0)
        #expect(!pipeline.isBroken)
    }

    @Test("are refused one by one: the next transaction is carried out")
    func refusal() {
        var pipeline = twoSent()
        let replies: [PipelineReply<Int>] = [
            .rows(1), .refused(Self.serialization), .synchronized, .rows(3), .rows(4), .synchronized,
        ]
        #expect(feed(replies, to: &pipeline) == ["first 40001 at 1", "second [3, 4]"])
        #expect(!pipeline.isBroken && !pipeline.isSpent)
    }

    @Test("skip the statements after a refused one")
    func skipped() {
        var pipeline = twoSent()
        #expect(feed([.refused(Self.serialization), .skipped, .synchronized], to: &pipeline) == ["first 40001 at 0"])
        #expect(!pipeline.isBroken)
    }

    @Test("are in doubt when the connection is lost after they were sent whole, and did not run otherwise")
    func lost() {
        var pipeline = twoSent()
        pipeline.add("third", statementCount: 1, deadline: .now)
        _ = feed([.rows(1), .rows(2)], to: &pipeline)
        #expect(end(&pipeline) == ["first lost", "second lost", "third notRun"])
    }

    @Test("are not in doubt when the reply came before the loss")
    func lostAfterAnswer() {
        var pipeline = twoSent()
        _ = feed([.rows(1), .rows(2), .synchronized], to: &pipeline)
        #expect(end(&pipeline) == ["second lost"])
    }

    @Test("did not run when the server ends the session during them or before them")
    func shutdown() {
        var pipeline = twoSent()
        _ = feed([.rows(1), .refused(Self.shutdown)], to: &pipeline)
        #expect(pipeline.isBroken)
        #expect(end(&pipeline) == ["first notRun", "second notRun"])
    }

    @Test("are in doubt, all that were sent, when a pooler reports that it has lost the server")
    func poolersReport() {
        var pipeline = twoSent()
        pipeline.add("third", statementCount: 1, deadline: .now)
        let report = ServerRefusal(state: SQLState("08P01"), isFatal: true, message: "server conn crashed?")
        _ = feed([.refused(report)], to: &pipeline)
        #expect(pipeline.isBroken)
        #expect(end(&pipeline) == ["first lost", "second lost", "third notRun"])
    }

    @Test(
        "did not run when a pooler reports that it has no server for them",
        arguments: ["query_wait_timeout", "server login has been failing, try again later (server_login_retry)"])
    func poolerWithoutServer(message: String) {
        var pipeline = twoSent()
        _ = feed([.refused(ServerRefusal(state: SQLState("08P01"), isFatal: true, message: message))], to: &pipeline)
        #expect(end(&pipeline) == ["first notRun", "second notRun"])
    }

    @Test("are in doubt when the session ends at their commit, and did not run when they come after that")
    func shutdownAtCommit() {
        var pipeline = twoSent()
        _ = feed([.rows(1), .rows(2), .refused(Self.shutdown)], to: &pipeline)
        #expect(pipeline.isBroken)
        #expect(end(&pipeline) == ["first lost", "second notRun"])
    }

    @Test("are in doubt when the commit itself is refused, and the connection is broken")
    func refusedCommit() {
        var pipeline = twoSent()
        _ = feed([.rows(1), .rows(2), .refused(Self.serialization)], to: &pipeline)
        #expect(pipeline.isBroken)
        #expect(end(&pipeline) == ["first lost", "second lost"])
    }

    @Test("stay refused when the connection is lost before the server synchronizes")
    func refusedThenLost() {
        var pipeline = twoSent()
        _ = feed([.refused(Self.serialization)], to: &pipeline)
        #expect(end(&pipeline) == ["first 40001 at 0", "second lost"])
    }

    @Test("did not run when their session must be closed, and those in flight are finished first")
    func spent() {
        var pipeline = twoSent()
        #expect(feed([.refused(Self.readOnly), .skipped, .synchronized], to: &pipeline) == ["first notRun"])
        #expect(pipeline.isSpent && !pipeline.isBroken)
        #expect(feed([.rows(3), .rows(4), .synchronized], to: &pipeline) == ["second [3, 4]"])
    }

    @Test(
        "break the connection when the replies do not fit them",
        arguments: [
            [.synchronized], [.rows(1), .synchronized], [.skipped], [.rows(1), .rows(2), .rows(3)],
            [.refused(serialization), .rows(1)],
        ] as [[PipelineReply<Int>]])
    func nonsense(replies: [PipelineReply<Int>]) {
        var pipeline = twoSent()
        #expect(feed(replies, to: &pipeline) == [])
        #expect(pipeline.isBroken)
    }

    @Test("break the connection when a reply comes and none is in flight")
    func unasked() {
        var pipeline = StringPipeline(statementTimeout: .seconds(5))
        #expect(feed([.synchronized], to: &pipeline) == [])
        #expect(pipeline.isBroken)
    }

    @Test("have the deadline of the oldest")
    func deadline() {
        let now = ContinuousClock.now
        var pipeline = StringPipeline(statementTimeout: .seconds(5))
        #expect(pipeline.deadline == nil)
        pipeline.add("first", statementCount: 0, deadline: now)
        pipeline.add("second", statementCount: 0, deadline: now + .seconds(1))
        #expect(pipeline.deadline == now)
        _ = pipeline.receive(.synchronized, at: now)
        #expect(pipeline.deadline == now + .seconds(1))
    }

    @Test("are abandoned with an outcome each, and the replies that come later are for nobody")
    func abandoned() {
        var pipeline = twoSent()
        _ = feed([.rows(1), .rows(2)], to: &pipeline)
        #expect(pipeline.abandon().map(Self.describe) == ["first lost", "second lost"])
        #expect(pipeline.isSpent && pipeline.count == 2)
        #expect(pipeline.takeCancelRequest(at: .now) == true)
        #expect(feed([.synchronized], to: &pipeline) == [])
        #expect(pipeline.takeCancelRequest(at: .now) == false)
        pipeline.cancelRequestIsOver(at: .now)
        #expect(pipeline.takeCancelRequest(at: .now) == true)
        #expect(feed([.refused(Self.serialization), .skipped, .synchronized], to: &pipeline) == [])
        #expect(pipeline.count == 0 && !pipeline.isBroken)
        #expect(end(&pipeline) == [])
    }

    @Test("take the replies to what sets a transaction up for none of their statements")
    func prelude() {
        var pipeline = StringPipeline(statementTimeout: .seconds(5), preludeCount: 1)
        for work in ["first", "second", "third"] { pipeline.add(work, statementCount: 1, deadline: .now) }
        pipeline.allSent()
        #expect(feed([.rows(0), .rows(1), .synchronized], to: &pipeline) == ["first [1]"])
        let refused: [PipelineReply<Int>] = [.rows(0), .refused(Self.serialization), .synchronized]
        #expect(feed(refused, to: &pipeline) == ["second 40001 at 0"])
        #expect(feed([.rows(0), .synchronized], to: &pipeline) == [])
        #expect(pipeline.isBroken)
    }

    @Test("tell the state of the refusal that ended their session")
    func sessionRefusal() {
        var pipeline = twoSent()
        _ = feed([.refused(Self.serialization), .skipped, .synchronized], to: &pipeline)
        #expect(pipeline.sessionRefusal == nil)
        _ = feed([.refused(Self.readOnly), .skipped, .synchronized], to: &pipeline)
        #expect(pipeline.sessionRefusal == SQLState("25006"))
    }
}
