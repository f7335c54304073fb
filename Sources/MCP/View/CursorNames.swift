import Synchronization

/// The names under which a model sees cursors, because a cursor holds the identifier of an event, which others may have
/// chosen.
final class CursorNames: Sendable {
    /// The most cursors that are known; the oldest is forgotten first.
    private static let maximumCursors = 1024

    private let state = Mutex(State())

    private struct State {
        var names: [String: String] = [:]
        var cursors: [String: String] = [:]
        /// The names in the order in which they were given, in a ring.
        var ring: [String] = []
        var next = 0
    }

    /// Returns the name of a cursor, which nobody can guess.
    func name(of cursor: String) -> String {
        state.withLock { state in
            if let name = state.names[cursor] { return name }
            let name = (0..<2).map { _ in String(UInt64.random(in: 0...(.max)), radix: 36) }.joined()
            if state.ring.count < Self.maximumCursors {
                state.ring.append(name)
            } else {
                let oldest = state.ring[state.next]
                if let forgotten = state.cursors.removeValue(forKey: oldest) { state.names[forgotten] = nil }
                state.ring[state.next] = name
                state.next = (state.next + 1) % Self.maximumCursors
            }
            state.names[cursor] = name
            state.cursors[name] = cursor
            return name
        }
    }

    /// Returns the cursor with a name; nil when none has it, or it is forgotten.
    func cursor(named name: String) -> String? {
        state.withLock { $0.cursors[name] }
    }
}
