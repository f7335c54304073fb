import JSONRPC
import Seeds

/// A random program of requests to a ledger, with the responses of a daemon that serves them one after the other.
struct LedgerProgram {
    /// One line: a message, or a batch of them.
    private(set) var lines: [String] = []
    /// The expected response to each line; nil for none.
    private(set) var answers: [String?] = []
    private var lists: [UInt8: [Int: [Int]]] = [:]
    private var random: SeededGenerator
    private var nextID = 0
    private let subjects: Int
    /// What many messages have as the one before.
    private var (method, value) = (LedgerMethod.all[0], 0)
    /// Whether ids are strings, and whether they follow the params.
    private let (hasTextIDs, hasIDsLast): (Bool, Bool)

    init(seed: UInt64, lines count: Int, subjects: Int) {
        random = SeededGenerator(seed: seed)
        self.subjects = subjects
        hasTextIDs = .random(using: &random)
        hasIDsLast = .random(using: &random)
        for _ in 0..<count { addLine() }
    }

    var bytes: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    private mutating func addLine() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4:
            let items = (0..<Int.random(in: 1...6, using: &random)).map { _ in message() }
            lines.append("[" + items.map(\.line).joined(separator: ", ") + "]")
            let answered = items.compactMap(\.answer)
            answers.append(answered.isEmpty ? nil : "[" + answered.joined(separator: ",") + "]")
        case 4:
            let broken = ["{", "[1,]", "nope", #"{"a":1}x"#].randomElement(using: &random) ?? "{"
            lines.append(broken)
            answers.append("-32700")
        case 5:
            lines.append([" ", "", "\t\r"].randomElement(using: &random) ?? "")
            answers.append(nil)
        default:
            let message = message()
            lines.append(message.line)
            answers.append(message.answer)
        }
    }

    private mutating func message() -> (line: String, answer: String?) {
        nextID += 1
        let isNotification = Int.random(in: 0..<6, using: &random) == 0
        let isAlike = Int.random(in: 0..<3, using: &random) > 0
        if !isAlike, Int.random(in: 0..<4, using: &random) == 0 {
            let line = line("echo", "[\(nextID)]", hasID: !isNotification)
            return (line, isNotification ? nil : result("[\(nextID)]"))
        }
        if !isAlike {
            method = LedgerMethod.all[Int.random(in: LedgerMethod.all.indices, using: &random)]
            value = nextID
        }
        let subject = Int.random(in: 0..<subjects, using: &random)
        let text = subject < 10 ? "0\(subject)" : "\(subject)"
        let line = line(method.name, #"{"subject":"\#(text)","value":\#(value)}"#, hasID: !isNotification)
        let answer = serve(method, subject: subject)
        return (line, isNotification ? nil : answer)
    }

    private var id: String { hasTextIDs ? "\"n \(nextID)\"" : "\(nextID)" }

    private func line(_ method: String, _ params: String, hasID: Bool) -> String {
        let id = hasID ? #""id":\#(id)"# : nil
        let members = [#""jsonrpc":"2.0""#, hasIDsLast ? nil : id, #""method":"\#(method)","params":\#(params)"#]
        return "{" + (members + [hasIDsLast ? id : nil]).compactMap(\.self).joined(separator: ",") + "}"
    }

    /// Returns the response of the method, as `LedgerMethod` computes it.
    private mutating func serve(_ method: LedgerMethod, subject: Int) -> String {
        if value > 0, value % 13 == 0 {
            let message = ErrorCode.notFound.message
            return #"{"jsonrpc":"2.0","id":\#(id),"error":"#
                + #"{"code":1001,"message":"\#(message)","data":{"reason":"not_found"}}}"#
        }
        for base in [1, 2] as [UInt8] where method.footprint.writes & base != 0 {
            lists[base, default: [:]][subject, default: []].append(value)
        }
        let list = ([1, 2] as [UInt8]).filter { method.footprint.reads & $0 != 0 }.flatMap { lists[$0]?[subject] ?? [] }
        return result("[" + list.map(String.init).joined(separator: ",") + "]")
    }

    private func result(_ json: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":\#(json)}"#
    }
}
