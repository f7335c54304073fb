import Bureau
import Repositories

/// The newest events of a subject as their string keeps them: a header, for each kind a SEGMENT, and what was dropped,
/// which only the script needs; `event.lua` describes them.
enum LatestValue {
    private static let layout: UInt8 = 2
    private static let headerCount = 24
    /// Where the header tells the first segment's bytes, and how far from there it tells the next one's.
    private static let firstCount = 8
    private static let countDistance = 6
    /// TIME, and the byte that tells the identifier's bytes.
    private static let segmentHeadCount = SortableDigits.timeCount + 1
    private static let idCountOffset = 32

    /// Reads the events, whose bodies may be added to `bodies`; nil when this program did not write the value.
    static func read(
        _ value: UnsafeBufferPointer<UInt8>, written write: EventBody, to bodies: inout EventBodies?
    ) -> LatestEvents? {
        if isErased(value) { return LatestEvents() }
        guard value.count >= headerCount, value[0] == layout else { return nil }
        let flags = value[5]
        var start = headerCount
        guard let first = Segment(value, 0, &start), let second = Segment(value, 1, &start),
            let third = Segment(value, 2, &start), isDropped(value[start...])
        else { return nil }
        if flags & 7 == 0 { return LatestEvents(copying: first.body, second.body, third.body, to: &bodies) }
        var found: [[UInt8]?] = []
        for (index, segment) in [first, second, third].enumerated() {
            guard let body = segment.body, let id = segment.id else {
                found.append(nil)
                continue
            }
            // The newest event was removed, and this one took its place.
            let isPacked = flags >> UInt8(index) & 1 == 1
            guard isPacked else {
                found.append(Array(body))
                continue
            }
            guard let event = PackedEvent(body), let eventID = EventID(id) else { return nil }
            found.append(event.body(eventID, written: write))
        }
        return LatestEvents(bureauQuery: found[0], movement: found[1], cardPurchase: found[2])
    }

    /// Whether a value is that of an erased subject.
    static func isErased(_ value: UnsafeBufferPointer<UInt8>) -> Bool { value.count == 1 && value[0] == 3 }

    /// Reads the times of the newest events that were dropped; nil when this program did not write the value.
    static func dropped(_ value: UnsafeBufferPointer<UInt8>) -> InstantsOfKinds? {
        var dropped = InstantsOfKinds()
        if isErased(value) { return dropped }
        guard value.count >= headerCount, value[0] == layout else { return nil }
        var start = headerCount
        for kind in 0..<3 { guard Segment(value, kind, &start) != nil else { return nil } }
        guard isDropped(value[start...]) else { return nil }
        while start < value.endIndex {
            let timeStart = start + 1
            let idStart = timeStart + segmentHeadCount
            guard let kind = EventKind(letter: value[start]),
                let time = SortableDigits.instant(value[timeStart..<(timeStart + SortableDigits.timeCount)])
            else { return nil }
            dropped[kind] = time
            start = idStart + Int(value[idStart - 1]) - idCountOffset
        }
        return dropped
    }

    /// Whether a value ends with what was dropped of each kind, or with nothing.
    private static func isDropped(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var start = rest.startIndex
        while start < rest.endIndex {
            let idStart = start + 1 + segmentHeadCount
            guard idStart <= rest.endIndex else { return false }
            start = idStart + Int(rest[idStart - 1]) - idCountOffset
            guard start >= idStart else { return false }
        }
        return start == rest.endIndex
    }

    /// The SEGMENT of an event.
    static func segment(of event: EventRecord) -> [UInt8] {
        var segment: [UInt8] = []
        event.eventID.withText { id in
            segment.reserveCapacity(segmentHeadCount + id.count + event.body.count)
            SortableDigits.append(event.occurredAt, to: &segment)
            segment.append(UInt8(id.count + idCountOffset))
            segment += id
        }
        segment += event.body
        return segment
    }

    /// The newest event of a kind; without identifier and body when there is none.
    private struct Segment {
        var id: UnsafeBufferPointer<UInt8>?
        var body: UnsafeBufferPointer<UInt8>?

        /// Reads the segment at `start` and moves on to the next.
        ///
        /// - Parameter value: a value that has a whole header.
        init?(_ value: UnsafeBufferPointer<UInt8>, _ kind: Int, _ start: inout Int) {
            let at = firstCount + kind * countDistance
            let count = Int(value[at]) << 24 | Int(value[at + 1]) << 16 | Int(value[at + 2]) << 8 | Int(value[at + 3])
            guard count > 0 else { return }
            let idStart = start + segmentHeadCount
            let end = start + count
            guard count >= segmentHeadCount, end <= value.count else { return nil }
            let idEnd = idStart + Int(value[idStart - 1]) - idCountOffset
            guard (idStart...end).contains(idEnd) else { return nil }
            id = UnsafeBufferPointer(rebasing: value[idStart..<idEnd])
            body = UnsafeBufferPointer(rebasing: value[idEnd..<end])
            start = end
        }
    }
}
