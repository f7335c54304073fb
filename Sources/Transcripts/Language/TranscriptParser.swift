import Glibc

/// A file of transcripts that the binary carries.
public struct TranscriptFile: Sendable {
    /// The name of the file, such as `values.txt`.
    public let path: String
    public let text: StaticString
}

extension TranscriptRow {
    /// The rows of the protocol, in the order of the files in the binary.
    public static func all() throws(TranscriptError) -> [TranscriptRow] {
        var rows: [TranscriptRow] = []
        for file in TranscriptFile.all {
            rows += try parse(file.text.withUTF8Buffer { Array($0) }, file: file.path)
        }
        return rows
    }

    /// The rows of a user's file; `file` names it in errors.
    public static func parse(_ text: [UInt8], file: String) throws(TranscriptError) -> [TranscriptRow] {
        var parser = TranscriptParser(file: file)
        return try parser.parse(text)
    }
}

/// Why a file of transcripts cannot be read.
public struct TranscriptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the line.
    public enum Reason: String, Error, Sendable {
        case noCase = "the file has no case"
        case notUTF8 = "the line is not UTF-8"
        case unknownMark = "no line begins with this mark"
        case unknownAction = "there is no such action"
        case badPath = "a contract is rpc/NAME.json, types/NAME.json or scorecards/NAME.json"
        case ownStore = "a case has stores of its own: --home and --base-… cannot be given"
        case badCount = "this is no count"
        case badEscape = "this is no escape"
        case noRoom = "the line is longer than its fill allows"
        case notJSON = "the expected answer is not JSON"
        case badPlaceholder = "there is no such placeholder; write $${ for the characters ${"
        case partialPlaceholder = "a placeholder of an answer must be a whole string"
        case exactPlaceholder = "<== takes no placeholders; use <--"
        case notCaptured = "no answer above captures this value"
    }

    public let file: String
    /// From 1.
    public let line: Int
    public let reason: Reason

    public var description: String { "\(file):\(line): \(reason.rawValue)" }
}

/// Reads one file of transcripts, line by line.
private struct TranscriptParser {
    private let file: String
    private var rows: [TranscriptRow] = []
    private var section = ""
    /// Whether the current section has a row.
    private var hasRow = false
    private var number = 0
    /// The values that the current case has captured so far.
    private var captured: Set<String> = []

    init(file: String) {
        self.file = file
    }

    mutating func parse(_ text: [UInt8]) throws(TranscriptError) -> [TranscriptRow] {
        let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        for bytes in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            do throws(TranscriptError.Reason) {
                guard let line = String(validating: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
                else { throw .notUTF8 }
                if !line.isEmpty, !line.hasPrefix("#") { try take(line[...]) }
            } catch {
                throw TranscriptError(file: file, line: number, reason: error)
            }
        }
        guard rows.contains(where: { !$0.transcripts.isEmpty }) else {
            throw TranscriptError(file: file, line: max(1, number), reason: .noCase)
        }
        return rows
    }

    private mutating func take(_ line: Substring) throws(TranscriptError.Reason) {
        let mark = line.prefix { $0 != " " }
        let text = line.dropFirst(mark.count + 1)
        switch mark {
        case "===":
            section = String(text)
            hasRow = false
        case "==":
            addRow(sentence: String(text))
        case "--":
            addCase(title: String(text))
        default:
            if !hasRow || rows.last?.transcripts.isEmpty == true { addCase(title: "") }
            try add(mark, text)
        }
    }

    private mutating func addRow(sentence: String) {
        rows.append(TranscriptRow(section: section, sentence: sentence, transcripts: []))
        hasRow = true
    }

    /// Begins a case, below an empty heading where the file has none.
    private mutating func addCase(title: String) {
        if !hasRow { addRow(sentence: "") }
        rows[rows.count - 1].transcripts.append(Transcript(title: title))
        captured = []
    }

    private mutating func add(_ mark: Substring, _ text: Substring) throws(TranscriptError.Reason) {
        let times = try Self.times(of: mark)
        switch mark.prefix(while: { $0 != "*" }) {
        case "$":
            let arguments = text.split(separator: " ").map(String.init)
            if arguments.contains(where: { $0.hasPrefix("--home") || $0.hasPrefix("--base-") }) { throw .ownStore }
            change { $0.arguments += arguments }
        case "-->": try append(.send(input(text, isEnded: true), times: times))
        case "-->|": try append(.send(input(text, isEnded: false), times: times))
        case "<==": try append(.expect(expected(text, isExact: true), times: times))
        case "<--": try append(.expect(expected(text, isExact: false), times: times))
        case "!": try arrange(text)
        default: throw .unknownMark
        }
    }

    private mutating func append(_ step: TranscriptStep) {
        change { $0.steps.append(step) }
    }

    /// Changes the current case in place.
    private mutating func change(_ body: (inout Transcript) -> Void) {
        let row = rows.count - 1
        body(&rows[row].transcripts[rows[row].transcripts.count - 1])
    }

    /// The most repetitions of a line.
    private static let maximumTimes = 1_000_000

    private static func times(of mark: Substring) throws(TranscriptError.Reason) -> Int {
        guard let star = mark.firstIndex(of: "*") else { return 1 }
        guard let times = Int(mark[star...].dropFirst()), 1...maximumTimes ~= times else { throw .badCount }
        return times
    }

    private func input(_ text: Substring, isEnded: Bool) throws(TranscriptError.Reason) -> LineTemplate {
        let line = try LineTemplate(text, isEnded: isEnded)
        for placeholder in line.placeholders {
            guard case .captured(let name) = placeholder, captured.contains(name) else { throw .notCaptured }
        }
        return line
    }

    private mutating func expected(
        _ text: Substring, isExact: Bool
    ) throws(TranscriptError.Reason) -> ExpectedLine {
        let line = try LineTemplate(text)
        guard !isExact || line.placeholders.isEmpty else { throw .exactPlaceholder }
        guard line.hasOnlyWholePlaceholders else { throw .partialPlaceholder }
        guard isExact || (try? Tree(line.patternText(number: 1))) != nil else { throw .notJSON }
        for placeholder in line.placeholders {
            switch placeholder {
            case .captured(let name): if !captured.contains(name) { throw .notCaptured }
            case .capture(let name, _): captured.insert(name)
            case .value: break
            }
        }
        return ExpectedLine(template: line, isExact: isExact, number: number)
    }

    private mutating func arrange(_ text: Substring) throws(TranscriptError.Reason) {
        switch text {
        case "stderr closed": change { $0.errorOutput = .closed }
        case "stderr full": change { $0.errorOutput = .full }
        case "signal TERM ignored": change { $0.limits.ignoredSignal = SIGTERM }
        case "signal INT ignored": change { $0.limits.ignoredSignal = SIGINT }
        case "signal HUP ignored": change { $0.limits.ignoredSignal = SIGHUP }
        case "no threads": change { $0.limits.hasNoThreads = true }
        case "answers in order": change { $0.isInOrder = true }
        case _ where text.hasPrefix("schema "):
            let words = text.split(separator: " ", maxSplits: 2)
            guard words.count == 3 else { throw .unknownAction }
            guard words[1].wholeMatch(of: #/(?:rpc|types|scorecards)\/[A-Za-z0-9_-][A-Za-z0-9._-]*\.json/#) != nil
            else { throw .badPath }
            change { $0.contracts[String(words[1])] = Array(words[2].utf8) }
        default:
            guard let action = TranscriptAction(text) else { throw .unknownAction }
            append(.perform(action))
        }
    }
}
