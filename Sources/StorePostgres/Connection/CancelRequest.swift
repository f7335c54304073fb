import CLibpq
import Platform
import Synchronization

/// A request to a server to cancel what one session is executing.
///
/// libpq 15 sends it on a connection of its own and without encryption; it holds a key that is good for nothing else.
///
/// Unchecked: libpq allows `PQcancel` on any thread, and the handle is a copy that nothing changes.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let whenOver: @Sendable () -> Void
    private let hasEnded = Atomic(false)

    /// Nil when the connection is lost or there is no memory.
    ///
    /// - Parameter whenOver: called on the request's own thread when the request is over.
    init?(_ connection: PostgresConnection, whenOver: @escaping @Sendable () -> Void) {
        guard let handle = PQgetCancel(connection.handle) else { return nil }
        self.handle = handle
        self.whenOver = whenOver
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// The server has passed the request on to the session, or was not reached.
    var isOver: Bool { hasEnded.load(ordering: .acquiring) }

    /// Sends the request on a thread of its own, because it blocks until it is over; false when there is no thread.
    func start() -> Bool {
        OSThread.start { [self] in
            send()
            hasEnded.store(true, ordering: .releasing)
            whenOver()
        }
    }

    /// Sends the request, and blocks until it is over.
    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            _ = PQcancel(handle, reason.baseAddress, Int32(reason.count))
        }
    }
}
