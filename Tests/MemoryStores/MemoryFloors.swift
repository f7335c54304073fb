import Bureau
import Repositories
import Synchronization

/// Floors in memory, which forget nothing, as several processes of a machine share them.
package final class MemoryFloors: VersionFloors {
    private let state = Mutex((floors: [FloorName: SeenVersion](), heeded: Acceptance(leaf: -1, at: .first)))

    package init() {}

    package func floor(of name: FloorName) -> SeenVersion? { state.withLock { $0.floors[name] } }

    package func raise(_ name: FloorName, to version: SeenVersion) {
        state.withLock { state in
            if state.floors[name].map({ $0.isEarlier(than: version) }) ?? true { state.floors[name] = version }
        }
    }

    package func set(_ name: FloorName, to version: SeenVersion) {
        state.withLock { state in
            if state.floors[name] != .erasure { state.floors[name] = version }
        }
    }

    package var heeded: Acceptance { state.withLock { $0.heeded } }

    package func forgetAll(heeding acceptance: Acceptance) { state.withLock { $0 = ([:], acceptance) } }
}
