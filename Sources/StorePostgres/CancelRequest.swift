import CLibpq
import Synchronization
import Platform

/// A request to a server to give up what one session is at. It goes by a connection of its own, and libpq 15 sends it
/// without encryption, whatever the session has: it holds a key that is good for nothing else.
///
/// Unchecked: libpq allows `PQcancel` on any thread, and the handle is a copy that nothing changes.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let waker: Waker
    private let hasEnded = Atomic(false)

    /// Nil when the connection is lost or there is no memory.
    ///
    /// - Parameter waker: wakes the connection's thread when the request is over.
    init?(_ connection: Connection, waker: Waker) {
        guard let handle = PQgetCancel(connection.handle) else { return nil }
        self.handle = handle
        self.waker = waker
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// The server has passed it on to the session, or was not reached.
    var isOver: Bool { hasEnded.load(ordering: .acquiring) }

    /// Blocks until it is over.
    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            _ = PQcancel(handle, reason.baseAddress, Int32(reason.count))
        }
        hasEnded.store(true, ordering: .releasing)
        waker.wake()
    }
}
