import CLibpq
import Platform

/// Questions to the server on a connection of the pool's, for a store that may have no further session.
///
/// The thread of the connection asks them, between two transactions.
final class ConnectionLoan: Sendable {
    private enum State {
        case waiting
        case running
        case over
        case withdrawn
    }

    private let state = Monitor(State.waiting)
    private let work: @Sendable (PostgresConnection) -> Void

    init(_ work: @escaping @Sendable (PostgresConnection) -> Void) {
        self.work = work
    }

    /// Nobody has begun with it, and somebody still waits for it.
    var isWanted: Bool { state.withLock { $0 == .waiting } }

    /// Does the work, unless it is not wanted any more.
    func run(on connection: PostgresConnection) {
        let begins = state.withLock { state in
            guard state == .waiting else { return false }
            state = .running
            return true
        }
        guard begins else { return }
        work(connection)
        state.update { $0 = .over }
    }

    /// Gives the work up unless it has begun.
    func withdraw() {
        state.update { state in
            if state == .waiting { state = .withdrawn }
        }
    }

    /// Blocks until the work is over or given up; true when it was done.
    func wait() -> Bool {
        state.wait { state in
            switch state {
            case .waiting, .running: nil
            case .over: true
            case .withdrawn: false
            }
        }
    }
}

extension PostgresConnection {
    /// No query and no transaction is in progress.
    var isIdle: Bool { !isBroken && PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Does work outside the pipeline, in which nothing may be in flight; false when the connection cannot be used
    /// afterwards.
    func outsidePipeline(_ work: (PostgresConnection) -> Void) -> Bool {
        guard PQexitPipelineMode(handle) == 1, PQsetnonblocking(handle, 0) == 0 else { return false }
        work(self)
        return isIdle && PQsetnonblocking(handle, 1) == 0 && PQenterPipelineMode(handle) == 1
    }
}
