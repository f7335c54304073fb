import Bureau
import Repositories
import Synchronization

/// Floors in memory, which forget nothing, as several processes of a machine share them.
package final class MemoryFloors: VersionFloors {
    private let state = Mutex((floors: [FloorName: SeenVersion](), heededUntil: Instant.first))

    package init() {}

    package func floor(of name: FloorName) -> SeenVersion? { state.withLock { $0.floors[name] } }

    package func raise(_ name: FloorName, to version: SeenVersion) {
        state.withLock { state in
            if state.floors[name].map({ $0.isEarlier(than: version) }) ?? true { state.floors[name] = version }
        }
    }

    package var heededUntil: Instant { state.withLock { $0.heededUntil } }

    package func forgetAll(heededUntil: Instant) { state.withLock { $0 = ([:], heededUntil) } }

    package func heed(until: Instant) { state.withLock { $0.heededUntil = until } }
}
