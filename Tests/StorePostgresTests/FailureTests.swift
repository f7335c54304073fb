import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("The meaning of a failure for the caller")
struct FailureTests {
    @Test(
        "a refused statement was not carried out, and tells an operator what kind of thing is wrong",
        arguments: [
            ("08006", .unreachable), ("25006", .readOnly), ("28000", .refused), ("28P01", .refused),
            ("40001", .locked), ("40P01", .locked), ("42501", .refused), ("42P01", .failed), ("53100", .full),
            ("53200", .full), ("53300", .throttled), ("53400", .full), ("55P03", .locked), ("57014", .locked),
            ("57P01", .notReady), ("57P03", .notReady), ("58030", .failed), ("XX000", .failed),
        ] as [(String, StoreReason.Cause)])
    func causes(state: String, cause: StoreReason.Cause) {
        for intent in [PostgresPersonStore.Intent.write, .read, .auditedRead] {
            guard case .unavailable(.a, let reason, _) = StoreError(.refused(SQLState(state), statement: 1), intent)
            else {
                Issue.record("\(state) is not unavailable")
                continue
            }
            #expect(reason.cause == cause)
            #expect(reason.code == state)
        }
    }

    @Test(
        "a value that the server does not take, or a damaged row, is the fault of one item",
        arguments: ["22021", "22P05", "23503", "23505", "XX001", "XX002"])
    func items(state: String) {
        #expect(StoreError(.refused(SQLState(state), statement: 0), .write) == .corrupt(.a))
        #expect(StoreError(.refused(SQLState(state), statement: 1), .auditedRead) == .corrupt(.a))
    }

    @Test("a read whose audit entry is refused did not take place", arguments: ["42501", "23505", "42P01"])
    func audit(state: String) {
        let error = StoreError(.refused(SQLState(state), statement: 0), .auditedRead)
        #expect(error == .auditUnavailable(SQLState(state).reason))
    }

    @Test(
        "a server that is away while the audit entry is written is unavailable", arguments: ["57P01", "25006", "53100"])
    func auditAway(state: String) {
        let error = StoreError(.refused(SQLState(state), statement: 0), .auditedRead)
        #expect(error == .unavailable(.a, SQLState(state).reason, retryAfterMilliseconds: 250))
    }

    @Test("a lost connection leaves a write in doubt and a read undone")
    func lost() {
        let reason = StoreReason(.unreachable, code: "ECONNRESET", "lost")
        let undone = StoreError.unavailable(.a, reason, retryAfterMilliseconds: 250)
        #expect(StoreError(.lost(reason), .write) == .outcomeUnknown(.a, reason))
        #expect(StoreError(.lost(reason), .auditedRead) == undone)
        #expect(StoreError(.lost(reason), .read) == undone)
        #expect(
            StoreError(.noConnection(reason, retryAfterMilliseconds: 700), .write)
                == .unavailable(.a, reason, retryAfterMilliseconds: 700))
    }

    @Test("only deadlocks and serialization failures are tried again")
    func repeated() {
        let states = ["40001", "40P01", "40002", "57014", "55P03", "23505", "53300"]
        #expect(states.filter { SQLState($0).isWorthRepeating } == ["40001", "40P01"])
    }
}
