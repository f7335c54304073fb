import Bureau
import Repositories
import Synchronization

/// Floors in memory, which forget nothing, as several processes of a machine share them.
package final class MemoryFloors: VersionFloors {
    private struct State {
        var floors: [FloorName: Floor] = [:]
        var heeded = Acceptance(leaf: -1, at: .first)
        var lastTime: UInt64 = 0
    }

    package let machine: UInt32
    private let state = Mutex(State())

    package init(machine: UInt32 = 1) { self.machine = machine }

    package func floor(of name: FloorName) -> Floor? { state.withLock { $0.floors[name] } }

    package func raise(_ name: FloorName, to content: Floor) { put(name, content) { $0.raised(to: content) } }

    package func set(_ name: FloorName, to content: Floor) { put(name, content) { $0.replaced(by: content) } }

    private func put(_ name: FloorName, _ content: Floor, change: (Floor) -> Floor?) {
        state.withLock { state in
            if let changed = state.floors[name].map(change) ?? content { state.floors[name] = changed }
        }
    }

    package func begin(_ name: FloorName, at time: UInt64) { change(name) { WritesUnderWay.begun(at: time, $0) } }

    package func end(_ name: FloorName, at time: UInt64) { change(name) { WritesUnderWay.ended(at: time, $0) } }

    private func change(_ name: FloorName, _ change: (UInt64) -> UInt64) {
        state.withLock { state in
            var floor = state.floors[name] ?? Floor(.none)
            floor.underWay = WritesUnderWay(bits: change(floor.underWay?.bits ?? 0))
            state.floors[name] = floor
        }
    }

    package func nextStamp(notBefore time: UInt64) -> WriteStamp? {
        state.withLock { state in
            state.lastTime = max(state.lastTime + 1, time)
            return WriteStamp(time: state.lastTime, machine: machine)
        }
    }

    package var heeded: Acceptance { state.withLock { $0.heeded } }

    package func forgetAll(heeding acceptance: Acceptance) {
        state.withLock { state in
            state.floors = [:]
            state.heeded = acceptance
        }
    }
}
