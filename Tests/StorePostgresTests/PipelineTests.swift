import Testing

@testable import StorePostgres

@Suite("The exchanges under way on a connection")
struct PipelineTests {
    private typealias Line = Pipeline<String, Int>

    private static let serialization = Refusal(state: SQLState("40001"), isFatal: false)
    private static let shutdown = Refusal(state: SQLState("57P01"), isFatal: true)
    private static let readOnly = Refusal(state: SQLState("25006"), isFatal: false)

    /// Two exchanges of two statements each, sent whole.
    private func twoSent() -> Line {
        var line = Line(statementTimeout: .seconds(5))
        line.add("first", statementCount: 2, deadline: .now)
        line.add("second", statementCount: 2, deadline: .now)
        line.allSent()
        return line
    }

    /// Takes all the answers, and returns the exchanges that they end.
    private func feed(_ answers: [Answer<Int>], to line: inout Line) -> [String] {
        answers.compactMap { line.receive($0, at: .now).map(Self.describe) }
    }

    private static func describe(_ completion: Line.Completion) -> String {
        switch completion.result {
        case .success(let rows): "\(completion.work) \(rows)"
        case .failure(.refused(let state, let statement)): "\(completion.work) \(state) at \(statement)"
        case .failure(let failure): "\(completion.work) \(failure)"
        }
    }

    private func end(_ line: inout Line) -> [String] {
        line.end().map(Self.describe)
    }

    @Test("get the rows of their statements, and only when the server has synchronized")
    func success() {
        var line = twoSent()
        #expect(feed([.rows(1), .rows(2)], to: &line) == [])
        let rest: [Answer<Int>] = [.synchronized, .rows(3), .rows(4), .synchronized]
        #expect(feed(rest, to: &line) == ["first [1, 2]", "second [3, 4]"])
        #expect(line.count == 0)
        #expect(!line.isBroken)
    }

    @Test("are refused alone: the neighbour is carried out")
    func refusal() {
        var line = twoSent()
        let answers: [Answer<Int>] = [
            .rows(1), .refused(Self.serialization), .synchronized, .rows(3), .rows(4), .synchronized,
        ]
        #expect(feed(answers, to: &line) == ["first 40001 at 1", "second [3, 4]"])
        #expect(!line.isBroken && !line.isSpent)
    }

    @Test("skip the statements after a refused one")
    func skipped() {
        var line = twoSent()
        #expect(feed([.refused(Self.serialization), .skipped, .synchronized], to: &line) == ["first 40001 at 0"])
        #expect(!line.isBroken)
    }

    @Test("did not run as far as they were not sent whole when the connection is lost; the others are in doubt")
    func lost() {
        var line = twoSent()
        line.add("third", statementCount: 1, deadline: .now)
        _ = feed([.rows(1), .rows(2)], to: &line)
        #expect(end(&line) == ["first lost", "second lost", "third notRun"])
    }

    @Test("are not in doubt when they were answered before the loss")
    func lostAfterAnswer() {
        var line = twoSent()
        _ = feed([.rows(1), .rows(2), .synchronized], to: &line)
        #expect(end(&line) == ["second lost"])
    }

    @Test("did not run when the server ends the session in their midst, or before them")
    func shutdown() {
        var line = twoSent()
        _ = feed([.rows(1), .refused(Self.shutdown)], to: &line)
        #expect(line.isBroken)
        #expect(end(&line) == ["first notRun", "second notRun"])
    }

    @Test("are in doubt when the session ends at their commit, and did not run when they come after")
    func shutdownAtCommit() {
        var line = twoSent()
        _ = feed([.rows(1), .rows(2), .refused(Self.shutdown)], to: &line)
        #expect(line.isBroken)
        #expect(end(&line) == ["first lost", "second notRun"])
    }

    @Test("are in doubt when the commit itself is refused, and nothing more is believed of the connection")
    func refusedCommit() {
        var line = twoSent()
        _ = feed([.rows(1), .rows(2), .refused(Self.serialization)], to: &line)
        #expect(line.isBroken)
        #expect(end(&line) == ["first lost", "second lost"])
    }

    @Test("stay refused when the connection is lost before the server synchronizes")
    func refusedThenLost() {
        var line = twoSent()
        _ = feed([.refused(Self.serialization)], to: &line)
        #expect(end(&line) == ["first 40001 at 0", "second lost"])
    }

    @Test("may be tried on another session when this one is of no more use, and those under way are finished first")
    func spent() {
        var line = twoSent()
        #expect(feed([.refused(Self.readOnly), .skipped, .synchronized], to: &line) == ["first notRun"])
        #expect(line.isSpent && !line.isBroken)
        #expect(feed([.rows(3), .rows(4), .synchronized], to: &line) == ["second [3, 4]"])
    }

    @Test(
        "are given up when the answers do not fit them",
        arguments: [
            [.synchronized], [.rows(1), .synchronized], [.skipped], [.rows(1), .rows(2), .rows(3)],
            [.refused(serialization), .rows(1)],
        ] as [[Answer<Int>]])
    func nonsense(answers: [Answer<Int>]) {
        var line = twoSent()
        #expect(feed(answers, to: &line) == [])
        #expect(line.isBroken)
    }

    @Test("are none: an answer that nobody waits for breaks the connection")
    func unasked() {
        var line = Line(statementTimeout: .seconds(5))
        #expect(feed([.synchronized], to: &line) == [])
        #expect(line.isBroken)
    }

    @Test("have the deadline of the oldest")
    func deadline() {
        let now = ContinuousClock.now
        var line = Line(statementTimeout: .seconds(5))
        #expect(line.deadline == nil)
        line.add("first", statementCount: 0, deadline: now)
        line.add("second", statementCount: 0, deadline: now + .seconds(1))
        #expect(line.deadline == now)
        _ = line.receive(.synchronized, at: now)
        #expect(line.deadline == now + .seconds(1))
    }
}
