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
    mutating func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Value?

    /// Reads one complete reply and appends its value; appends the placeholder and returns false when there is none.
    ///
    /// Every conformance uses the implementation below. It is a requirement because only then does the compiler
    /// specialise it for each decoder.
    mutating func append(
        _ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]
    ) throws(ReplyError) -> Bool
}

extension ReplyDecoder {
    mutating func append(
        _ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]
    ) throws(ReplyError) -> Bool {
        if let value = try value(&cursor, at: index) {
            values.append(value)
            return true
        }
        values.append(Self.placeholder)
        return false
    }
}

/// Reads the string of a subject's newest events.
struct LatestDecoder: ReplyDecoder {
    let write: EventBody
    /// Made at the first value, so that each connection's copy of the decoder has its own.
    private var bodies: EventBodies?

    init(write: @escaping EventBody) { self.write = write }

    static var placeholder: LatestEvents { LatestEvents() }

    mutating func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> LatestEvents? {
        guard let value = try cursor.bulk() else { return LatestEvents() }
        return LatestValue.read(value, written: write, to: &bodies)
    }
}

/// Reads the script's reply to a recording: a letter for each event of a run.
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
            case UInt8(ascii: "c"): outcomes.append(.conflict)
            case UInt8(ascii: "e"): outcomes.append(.erased)
            case UInt8(ascii: "r"): outcomes.append(.repeated)
            default:
                guard let outcome = RecordOutcome(receiptByte: digit) else { return nil }
                outcomes.append(outcome)
            }
        }
        return outcomes
    }
}

/// Reads the script's reply to a removal.
struct RemovalDecoder: ReplyDecoder {
    static var placeholder: RemovalOutcome { .notFound }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> RemovalOutcome? {
        guard let letters = try cursor.bulk(), letters.count == 1 else { return nil }
        switch letters[0] {
        case UInt8(ascii: "1"): return .removed
        case UInt8(ascii: "0"): return .notFound
        case UInt8(ascii: "r"): return .repeated
        default: return nil
        }
    }
}

/// Reads receipts; nil for one that is not there.
struct ReceiptDecoder: ReplyDecoder {
    static var placeholder: Receipt? { nil }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Receipt?? {
        guard let value = try cursor.bulk() else { return .some(nil) }
        return PackedReceipt.read(value).map { .some($0) }
    }
}

/// Skips a reply of any type.
struct SkippingDecoder: ReplyDecoder {
    static var placeholder: Bool { false }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Bool? {
        try cursor.skip()
        return true
    }
}
