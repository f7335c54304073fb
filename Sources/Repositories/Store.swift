import Bureau

/// What every store can say of itself.
///
/// Cancelling the task that made a call drops the work that has not begun and cuts short what can be undone; the call
/// returns, with an outcome of no use, once nothing of it can take effect any more.
package protocol Store: Sendable {
    /// Asks the store for a sign of life; answers within the store's own time limit and never throws.
    func health() async -> StoreHealth
}

/// The state of one store, for `system.health`.
package struct StoreHealth: Hashable, Sendable {
    package var base: Base
    /// The engine and its version, such as `SQLite 3.40.1`; nil when it could not be reached.
    package var engine: String?
    package var roundTripMicroseconds: Int64
    /// The number of migrations applied, and of those known.
    package var migrationsApplied: Int
    package var migrationsKnown: Int
    /// Whether the connection to the store is encrypted (TLS); nil when the store is a file or could not be reached.
    package var isEncrypted: Bool?

    /// Reachable, and its schema is the one that this program knows.
    package var isReady: Bool { engine != nil && migrationsApplied == migrationsKnown }

    package init(
        base: Base, engine: String?, roundTripMicroseconds: Int64, migrationsApplied: Int, migrationsKnown: Int,
        isEncrypted: Bool? = nil
    ) {
        self.base = base
        self.engine = engine
        self.roundTripMicroseconds = roundTripMicroseconds
        self.migrationsApplied = migrationsApplied
        self.migrationsKnown = migrationsKnown
        self.isEncrypted = isEncrypted
    }
}
