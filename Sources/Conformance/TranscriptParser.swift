/// Reads one file of transcripts, line by line.
struct TranscriptParser {
    private(set) var rows: [Row] = []
    private let file: String
    private var section: String?
    private var number = 0

    init(file: String) {
        self.file = file
    }

    mutating func parse(_ text: String) throws(TranscriptError) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do throws(TranscriptError.Reason) {
                try take(line)
            } catch {
                throw TranscriptError(file: file, line: number, reason: error)
            }
        }
    }

    private mutating func take(_ line: Substring) throws(TranscriptError.Reason) {
        let mark = line.prefix { $0 != " " }
        let text = line.dropFirst(mark.count + 1)
        switch mark {
        case "===":
            section = String(text)
        case "==":
            guard let section else { throw .misplaced }
            rows.append(Row(section: section, sentence: String(text), transcripts: []))
        case "--":
            guard !rows.isEmpty else { throw .misplaced }
            rows[rows.count - 1].transcripts.append(Transcript(title: String(text)))
        default:
            guard let row = rows.indices.last, let place = rows[row].transcripts.indices.last else { throw .misplaced }
            try Self.add(mark, text, to: &rows[row].transcripts[place])
        }
    }

    private static func add(
        _ mark: Substring, _ text: Substring, to transcript: inout Transcript
    ) throws(TranscriptError.Reason) {
        let times = try times(of: mark)
        switch mark.prefix(while: { $0 != "*" }) {
        case "$": transcript.arguments = text.split(separator: " ").map(String.init)
        case "-->": transcript.steps.append(.send(try Line(text), times: times))
        case "-->|": transcript.steps.append(.send(try Line(text, isEnded: false), times: times))
        case "<==": transcript.steps.append(.expect(.exactly(try Line(text)), times: times))
        case "<--": transcript.steps.append(.expect(try saying(text), times: times))
        case "!": try arrange(text, in: &transcript)
        default: throw .unknownMark
        }
    }

    private static func times(of mark: Substring) throws(TranscriptError.Reason) -> Int {
        guard let star = mark.firstIndex(of: "*") else { return 1 }
        guard let times = Int(mark[star...].dropFirst()), times > 0 else { throw .badCount }
        return times
    }

    private static func saying(_ text: Substring) throws(TranscriptError.Reason) -> Expectation {
        let line = try Line(text)
        guard let expectation = try? Expectation(saying: line) else { throw .notJSON }
        return expectation
    }

    private static func arrange(
        _ text: Substring, in transcript: inout Transcript
    ) throws(TranscriptError.Reason) {
        switch text {
        case "stderr closed": transcript.errors = .closed
        case "stderr full": transcript.errors = .full
        case "answers in order": transcript.isInOrder = true
        case _ where text.hasPrefix("schema "):
            let words = text.split(separator: " ", maxSplits: 2)
            guard words.count == 3 else { throw .unknownAct }
            transcript.contracts[String(words[1])] = Array(words[2].utf8)
        default:
            guard let act = Act(text) else { throw .unknownAct }
            transcript.steps.append(.perform(act))
        }
    }
}
