import Bureau
import Repositories

/// An event's place in a history, without its body.
struct HistoryPlace: Sendable {
    var position: EventPosition
    var kind: EventKind

    /// Reads a member, "MICROS ID KIND", and its score, SECONDS; nil when this program did not write them.
    init?(member: UnsafeBufferPointer<UInt8>, score: UnsafeBufferPointer<UInt8>) {
        guard let first = member.space(from: 0), let second = member.space(from: first + 1),
            let time = EventTime(seconds: score, micros: UnsafeBufferPointer(rebasing: member[..<first])),
            let instant = time.instant,
            let id = EventID(UnsafeBufferPointer(rebasing: member[(first + 1)..<second])),
            let kind = EventKind(UnsafeBufferPointer(rebasing: member[(second + 1)...]))
        else { return nil }
        position = EventPosition(occurredAt: instant, eventID: id)
        self.kind = kind
    }

    /// It belongs on a page that ends before a position and has one kind.
    func isOn(_ query: HistoryQuery) -> Bool {
        guard query.kind == nil || query.kind == kind else { return false }
        guard let before = query.before else { return true }
        return (position.occurredAt, position.eventID) < (before.occurredAt, before.eventID)
    }
}
