import Testing

@testable import StorePostgres

@Suite("The cancelling of what a connection has under way")
struct PipelineCancellingTests {
    private typealias Line = Pipeline<String, Int>

    private static let timeout: Duration = .seconds(5)
    private static let given = Refusal(state: SQLState("57014"), isFatal: false)
    private static let deadlock = Refusal(state: SQLState("40P01"), isFatal: false)

    private let start = ContinuousClock.now

    /// Exchanges of one statement each, sent whole.
    private func sent(_ works: String...) -> Line {
        var line = Line(statementTimeout: Self.timeout)
        for work in works { line.add(work, statementCount: 1, deadline: start + .seconds(6)) }
        line.allSent()
        return line
    }

    /// Takes the answers at a time after the start; returns how each exchange ended that they end.
    private func feed(_ answers: Answer<Int>..., to line: inout Line, after time: Duration = .zero) -> [String] {
        answers.compactMap { answer in
            line.receive(answer, at: start + time).map { completion in
                switch completion.result {
                case .success: "\(completion.work) served"
                case .failure(let failure): "\(completion.work) \(failure)"
                }
            }
        }
    }

    private static let refused = "refused(57014, statement: 0)"

    @Test("only the first exchange is asked for, and by one request at a time")
    func first() {
        var line = sent("a", "b", "c")
        #expect(line.takeCancelRequest(at: start) == false)
        line.noteCancelled { $0 == "b" }
        #expect(line.takeCancelRequest(at: start) == false)
        #expect(line.nextAct(after: start) == start + .seconds(6))
        #expect(feed(.rows(1), .synchronized, to: &line) == ["a served"])
        #expect(line.nextAct(after: start) == start)
        #expect(line.takeCancelRequest(at: start) == true)
        #expect(line.takeCancelRequest(at: start) == false)
        #expect(line.nextAct(after: start) == start + .seconds(6))
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["b \(Self.refused)"])
        #expect(feed(.rows(3), .synchronized, to: &line) == ["c served"])
    }

    @Test("an exchange that goes on after its request is asked for again after a pause")
    func again() {
        var line = sent("a")
        line.noteCancelled { _ in true }
        #expect(line.takeCancelRequest(at: start) == true)
        line.cancelRequestIsOver(at: start)
        let next = start + .milliseconds(100)
        #expect(line.nextAct(after: start) == next)
        #expect(line.takeCancelRequest(at: start) == false)
        #expect(line.takeCancelRequest(at: next) == true)
    }

    @Test("the next cancelled exchange does not wait for the pause of the one before it")
    func noPause() {
        var line = sent("a", "b", "c")
        line.noteCancelled { $0 != "c" }
        #expect(line.takeCancelRequest(at: start) == true)
        line.cancelRequestIsOver(at: start)
        _ = feed(.rows(1), .synchronized, to: &line)
        #expect(line.takeCancelRequest(at: start) == true)
        _ = feed(.rows(2), .synchronized, to: &line)
        line.cancelRequestIsOver(at: start)
        line.noteCancelled { _ in true }
        #expect(line.takeCancelRequest(at: start) == true)
    }

    @Test("nothing is asked for once the server has refused it")
    func refusedAlready() {
        var line = sent("a")
        _ = feed(.refused(Self.deadlock), to: &line)
        line.noteCancelled { _ in true }
        #expect(line.takeCancelRequest(at: start) == false)
    }

    @Test("an exchange that is hit in another's stead is to be run again, also one that was added after the request")
    func stray() {
        var line = sent("a", "b")
        line.noteCancelled { $0 == "a" }
        _ = line.takeCancelRequest(at: start)
        line.add("c", statementCount: 1, deadline: start + .seconds(6))
        #expect(feed(.rows(1), .synchronized, to: &line) == ["a served"])
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["b interrupted"])
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["c interrupted"])
        #expect(!line.isBroken && !line.isSpent)
    }

    @Test("an exchange that is hit stays to be run again when the connection is lost before the server synchronizes")
    func strayThenLost() {
        var line = sent("a", "b")
        line.noteCancelled { $0 == "a" }
        _ = line.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, .refused(Self.given), to: &line) == ["a served"])
        let ended = line.end().map { completion in
            if case .failure(.interrupted) = completion.result { "\(completion.work) interrupted" } else { "other" }
        }
        #expect(ended == ["b interrupted"])
    }

    @Test("a refusal is the server's own when no request was on its way, or long after it, or for another reason")
    func ownRefusal() {
        var line = sent("a", "b")
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["a \(Self.refused)"])
        line.noteCancelled { _ in true }
        _ = line.takeCancelRequest(at: start)
        line.cancelRequestIsOver(at: start)
        line.add("added after the request", statementCount: 1, deadline: start + .seconds(6))
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["b \(Self.refused)"])
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["added after the request \(Self.refused)"])

        var late = sent("a", "b", "c")
        late.noteCancelled { $0 == "a" }
        _ = late.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, to: &late) == ["a served"])
        let refusal = feed(.refused(Self.given), .synchronized, to: &late, after: Self.timeout)
        #expect(refusal == ["b \(Self.refused)"])
        #expect(
            feed(.refused(Self.deadlock), .synchronized, to: &late) == ["c refused(40P01, statement: 0)"])
    }

    @Test("an exchange that nobody wants any more is not run again, whatever request has hit it")
    func cancelledAndHit() {
        var line = sent("a", "b")
        line.noteCancelled { _ in true }
        _ = line.takeCancelRequest(at: start)
        #expect(feed(.rows(1), .synchronized, to: &line) == ["a served"])
        #expect(feed(.refused(Self.given), .synchronized, to: &line) == ["b \(Self.refused)"])
    }
}
