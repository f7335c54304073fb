import Bureau
import Glibc
import Repositories

/// Reads the replies to one kind of command into values.
protocol ReplyDecoder: Sendable {
    associatedtype Value: Sendable

    /// Stands in for the value of a refused command.
    static var placeholder: Value { get }

    /// Reads one complete reply other than an error; nil when this program did not write its content.
    ///
    /// - Parameter index: the index in the call of the command that is answered.
    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Value?

    /// Reads one complete reply and appends its value; appends the placeholder and returns false when there is none.
    ///
    /// Every conformance uses the implementation below. It is a requirement because only then does the compiler
    /// specialise it for each decoder.
    func append(_ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]) throws(ReplyError) -> Bool
}

extension ReplyDecoder {
    func append(_ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]) throws(ReplyError) -> Bool {
        if let value = try value(&cursor, at: index) {
            values.append(value)
            return true
        }
        values.append(Self.placeholder)
        return false
    }
}

/// Reads HMGET's three values, each "SECONDS.MICROS ID BODY" or null.
struct LatestDecoder: ReplyDecoder {
    static var placeholder: LatestEvents { LatestEvents() }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> LatestEvents? {
        guard try cursor.arrayCount() == 3 else { throw .malformed }
        // Nothing is copied before all three values are there: an incomplete reply is read again.
        let values = (try cursor.bulk(), try cursor.bulk(), try cursor.bulk())
        guard Self.isValid(values.0), Self.isValid(values.1), Self.isValid(values.2) else { return nil }
        return LatestEvents(copying: Self.body(of: values.0), Self.body(of: values.1), Self.body(of: values.2))
    }

    private static func isValid(_ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        value == nil || body(of: value) != nil
    }

    private static func body(of value: UnsafeBufferPointer<UInt8>?) -> UnsafeBufferPointer<UInt8>? {
        guard let value, let time = value.space(from: 0), let id = value.space(from: time + 1) else { return nil }
        return UnsafeBufferPointer(rebasing: value[(id + 1)...])
    }
}

/// Reads the reply of the script: a digit for each event of a run.
struct RecordDecoder: ReplyDecoder {
    /// The events of each command.
    let runs: [Range<Int>]

    static var placeholder: [RecordOutcome] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [RecordOutcome]? {
        guard let digits = try cursor.bulk(), digits.count == runs[index].count else { return nil }
        var outcomes: [RecordOutcome] = []
        outcomes.reserveCapacity(digits.count)
        for digit in digits {
            switch digit {
            case UInt8(ascii: "1"): outcomes.append(.recorded)
            case UInt8(ascii: "0"): outcomes.append(.duplicate)
            default: return nil
            }
        }
        return outcomes
    }
}

/// Reads the entries of a history, newest first, and selects those of the requested page.
struct EntriesDecoder: ReplyDecoder {
    let queries: [HistoryQuery]

    /// An event without its body.
    struct Entry: Sendable {
        let position: EventPosition
        let kind: EventKind

        /// Reads a member, "MICROS ID KIND", and its score, SECONDS; nil when this program did not write them.
        fileprivate init?(member: UnsafeBufferPointer<UInt8>, score: UnsafeBufferPointer<UInt8>) {
            guard let first = member.space(from: 0), let second = member.space(from: first + 1),
                let time = EventTime(seconds: score, micros: UnsafeBufferPointer(rebasing: member[..<first])),
                let instant = time.instant,
                let id = EventID(UnsafeBufferPointer(rebasing: member[(first + 1)..<second])),
                let kind = EventKind(UnsafeBufferPointer(rebasing: member[(second + 1)...]))
            else { return nil }
            position = EventPosition(occurredAt: instant, eventID: id)
            self.kind = kind
        }

        fileprivate func matches(_ query: HistoryQuery) -> Bool {
            guard query.kind == nil || query.kind == kind else { return false }
            guard let before = query.before else { return true }
            return (position.occurredAt, position.eventID) < (before.occurredAt, before.eventID)
        }
    }

    static var placeholder: [Entry] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [Entry]? {
        let query = queries[index]
        var entries: [Entry] = []
        var isValid = true
        for _ in 0..<(try cursor.arrayCount() / 2) {
            guard let member = try cursor.bulk(), let score = try cursor.bulk() else { throw .malformed }
            guard entries.count < query.limit else { continue }
            if let entry = Entry(member: member, score: score) {
                if entry.matches(query) { entries.append(entry) }
            } else {
                isValid = false
            }
        }
        return isValid ? entries : nil
    }
}

/// Reads the bodies of a page; nil for an event that was removed after its entry was read.
struct BodiesDecoder: ReplyDecoder {
    static var placeholder: [[UInt8]?] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [[UInt8]?]? {
        var bodies: [[UInt8]?] = []
        for _ in 0..<(try cursor.arrayCount()) {
            bodies.append(try cursor.bulk().map { Array($0) })
        }
        return bodies
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Returns the index of the first space from `start` on.
    fileprivate func space(from start: Int) -> Int? {
        guard start < count, let base = baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: " ")), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
