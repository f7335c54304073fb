import Synchronization

/// Adds up what a store charges for reads.
public final class ReadMeter: Sendable {
    private let sum = Mutex(0.0)

    public init() {}

    /// Read capacity units so far.
    public var units: Double { sum.withLock { $0 } }

    func add(_ units: Double) { sum.withLock { $0 += units } }
}

/// Keeps reads below a rate of capacity units: what was read is waited for before the next read.
public final class ReadPace: Sendable {
    private let unitsPerSecond: Double?
    private let free: Mutex<ContinuousClock.Instant>

    /// Nil for no limit.
    public init(unitsPerSecond: Double?) {
        self.unitsPerSecond = unitsPerSecond
        free = Mutex(.now)
    }

    /// Notes what a read has cost, and returns when the next one may begin.
    func note(_ units: Double, at now: ContinuousClock.Instant = .now) -> ContinuousClock.Instant {
        guard let unitsPerSecond, units > 0 else { return now }
        return free.withLock { free in
            free = max(free, now) + .seconds(units / unitsPerSecond)
            return free
        }
    }
}
