import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("The meaning of a failure for the caller")
struct FailureTests {
    private static let reason = StoreReason(.unreachable, "PostgreSQL cannot be reached")
    private static let unavailable = StoreError.unavailable(.a, Self.reason, retryAfterMilliseconds: 250)

    @Test(
        "a refused write was not written, and is corrupt only when no later attempt could succeed",
        arguments: [
            ("08006", unavailable), ("25006", unavailable), ("40001", unavailable), ("40P01", unavailable),
            ("53100", unavailable), ("53300", unavailable), ("55P03", unavailable), ("57014", unavailable),
            ("57P01", unavailable), ("57P03", unavailable), ("58030", unavailable), ("XX000", unavailable),
            ("22P03", .corrupt(.a)), ("23503", .corrupt(.a)), ("23505", .corrupt(.a)), ("42501", .corrupt(.a)),
            ("42P01", .corrupt(.a)), ("XX001", .corrupt(.a)), ("XX002", .corrupt(.a)),
        ] as [(String, StoreError)])
    func writes(state: String, error: StoreError) {
        #expect(StoreError(.refused(SQLState(state), statement: 0), .write) == error)
        #expect(StoreError(.refused(SQLState(state), statement: 1), .write) == error)
        #expect(StoreError(.refused(SQLState(state), statement: 1), .auditedRead) == error)
    }

    @Test("a read whose audit entry is refused did not take place", arguments: ["42501", "23505", "22021", "42P01"])
    func audit(state: String) {
        #expect(StoreError(.refused(SQLState(state), statement: 0), .auditedRead) == .auditUnavailable(Self.reason))
    }

    @Test(
        "a server that is away while the audit entry is written is unavailable", arguments: ["57P01", "25006", "53100"])
    func auditAway(state: String) {
        #expect(StoreError(.refused(SQLState(state), statement: 0), .auditedRead) == Self.unavailable)
    }

    @Test("a lost connection leaves a write in doubt and a read undone")
    func lost() {
        #expect(StoreError(.lost, .write) == .outcomeUnknown(.a, Self.reason))
        #expect(StoreError(.lost, .auditedRead) == Self.unavailable)
        #expect(StoreError(.notRun, .write) == Self.unavailable)
        #expect(
            StoreError(.noConnection(retryAfterMilliseconds: 700), .write)
                == .unavailable(.a, Self.reason, retryAfterMilliseconds: 700))
    }

    @Test("only deadlocks and serialization failures are tried again")
    func repeated() {
        let states = ["40001", "40P01", "40002", "57014", "55P03", "23505", "53300"]
        #expect(states.filter { SQLState($0).isWorthRepeating } == ["40001", "40P01"])
    }
}
