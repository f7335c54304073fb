import Bureau
import Repositories

/// Reads all events of a subject, and selects those of the page that is asked for.
struct HistoryDecoder: ReplyDecoder {
    let queries: [HistoryQuery]
    let write: EventBody

    /// What a subject's events are.
    enum Page: Sendable {
        /// The page, the newest event first.
        case events([EventRecord])
        /// The events have the layout of the first version.
        case former
    }

    static var placeholder: Page { .events([]) }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Page? {
        let query = queries[index]
        let count = try cursor.arrayCount()
        guard count.isMultiple(of: 2) else { throw .malformed }
        var entries: [Entry] = []
        var (isFormer, isValid) = (false, true)
        for _ in 0..<(count / 2) {
            guard let id = try cursor.bulk(), let value = try cursor.bulk() else { throw .malformed }
            if PackedEvent.isFormer(value) {
                isFormer = true
            } else if let entry = Entry(id, value) {
                if entry.matches(query) { entries.append(entry) }
            } else {
                isValid = false
            }
        }
        if isFormer { return .former }
        guard isValid else { return nil }
        entries.sort { ($1.position.occurredAt, $1.position.eventID) < ($0.position.occurredAt, $0.position.eventID) }
        return events(entries.prefix(max(0, query.limit)), of: query.token)
    }

    /// The events of a page; nil when one cannot be read.
    private func events(_ entries: ArraySlice<Entry>, of token: SubjectToken) -> Page? {
        var events: [EventRecord] = []
        events.reserveCapacity(entries.count)
        for entry in entries {
            guard let event = PackedEvent(entry.value) else { return nil }
            events.append(
                EventRecord(
                    token: token, kind: event.kind, occurredAt: event.occurredAt, eventID: entry.position.eventID,
                    body: event.body(entry.position.eventID, written: write)))
        }
        return .events(events)
    }

    /// An event whose figures are not read yet. It is valid as long as the input.
    private struct Entry {
        let position: EventPosition
        let kind: EventKind
        let value: UnsafeBufferPointer<UInt8>

        /// Nil when this program did not write the two.
        init?(_ id: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
            guard let event = PackedEvent(value, readsFigures: false), let eventID = EventID(id) else { return nil }
            position = EventPosition(occurredAt: event.occurredAt, eventID: eventID)
            kind = event.kind
            self.value = value
        }

        func matches(_ query: HistoryQuery) -> Bool {
            guard query.kind == nil || query.kind == kind else { return false }
            guard let before = query.before else { return true }
            return (position.occurredAt, position.eventID) < (before.occurredAt, before.eventID)
        }
    }
}
