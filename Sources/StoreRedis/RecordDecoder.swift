import Repositories

/// Reads the script's answer: a digit for each event of a run.
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
