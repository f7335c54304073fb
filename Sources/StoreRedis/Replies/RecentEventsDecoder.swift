import Bureau
import Repositories

/// Reads all events of a subject, and then what was dropped.
struct RecentEventsDecoder: ReplyDecoder {
    /// One for two commands.
    let queries: [RecentEventsQuery]

    /// What one of the two replies tells.
    enum Part: Sendable {
        case events([EventRecord])
        case dropped(InstantsOfKinds)
        /// The subject's keys have the layout of the first version.
        case former
    }

    static var placeholder: Part { .events([]) }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Part? {
        let query = queries[index / 2]
        guard index.isMultiple(of: 2) else {
            guard let value = try cursor.bulk() else { return .dropped(InstantsOfKinds()) }
            return LatestValue.dropped(value).map { .dropped($0) }
        }
        let count = try cursor.arrayCount()
        guard count.isMultiple(of: 2) else { throw .malformed }
        var events: [EventRecord] = []
        var (isFormer, isValid) = (false, true)
        for _ in 0..<(count / 2) {
            guard let id = try cursor.bulk(), let value = try cursor.bulk() else { throw .malformed }
            if PackedEvent.isFormer(value) {
                isFormer = true
            } else if let head = PackedEvent(value, readsFigures: false) {
                guard head.occurredAt > query.since, query.kinds.contains(head.kind) else { continue }
                if let event = PackedEvent(value), let eventID = EventID(id) {
                    events.append(event.record(of: query.token, eventID))
                } else {
                    isValid = false
                }
            } else {
                isValid = false
            }
        }
        if isFormer { return .former }
        return isValid ? .events(events) : nil
    }
}
