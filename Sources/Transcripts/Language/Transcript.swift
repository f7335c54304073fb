import Glibc

/// A heading of a file of transcripts, such as one row of the protocol, and the cases below it.
public struct TranscriptRow: Sendable {
    /// The heading after `===`; empty where the file has none.
    public let section: String
    /// The heading after `==`; empty where the file has none.
    public let sentence: String
    public var transcripts: [Transcript]

    /// Both headings in one line.
    public var title: String {
        [section, sentence].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// One case: what is done to a daemon, and what the daemon must answer.
///
/// Tests/DaemonTests/Transcripts/README.md describes the language.
public struct Transcript: Sendable {
    /// What the case tries; empty where the file has no heading for it.
    public let title: String
    /// Arguments of the daemon beside its home.
    var arguments: [String] = []
    var errorOutput: ChildProcess.ErrorOutput = .file
    var limits = ChildLimits()
    /// Contracts that replace the program's own, by their paths.
    var contracts: [String: [UInt8]] = [:]
    var isInOrder = false
    var steps: [TranscriptStep] = []

    init(title: String) {
        self.title = title
    }

    /// The ways in which this case can be played.
    ///
    /// A case with other actions than the end of input changes its meaning when its input comes in pieces. A captured
    /// value is sent after its answer, so that such a case has a pace of its own. Nothing can follow a line without an
    /// end, and the answer to a good request may overtake others.
    public var deliveries: [TranscriptDelivery] {
        if steps.contains(where: \.dependsOnTime) { return [.inOneWrite] }
        return endsInLine && !isInOrder ? TranscriptDelivery.allCases : [.inOneWrite, .byteByByte]
    }

    private var endsInLine: Bool {
        for case .send(let line, _) in steps.reversed() { return line.isEnded }
        return true
    }
}

/// How the input of a case reaches the daemon.
public enum TranscriptDelivery: String, CaseIterable, Sendable {
    case inOneWrite = "in one write"
    case byteByByte = "byte by byte"
    /// A good request follows the case and must be answered.
    case beforeAGoodRequest = "before a good request"
}

/// A line of a case.
enum TranscriptStep: Sendable {
    /// Sends a line, `times` times.
    case send(LineTemplate, times: Int)
    /// Expects an answer, `times` times.
    case expect(ExpectedLine, times: Int)
    case perform(TranscriptAction)

    /// Whether the step must come at its place among the others.
    fileprivate var dependsOnTime: Bool {
        switch self {
        case .send(let line, _): !line.placeholders.isEmpty
        case .expect: false
        case .perform(.closeInput), .perform(.exit): false
        case .perform: true
        }
    }
}

/// An answer that must come, as a file describes it.
struct ExpectedLine: Sendable {
    let template: LineTemplate
    /// Whether the answer must be equal byte for byte; otherwise its objects may have more members.
    let isExact: Bool
    /// The line of the file, from 1.
    let number: Int
}

/// What a case does to a daemon, or observes of it, beside input and answers.
enum TranscriptAction: Hashable, Sendable {
    /// Another program takes the write lock of a base's embedded store and keeps it.
    case lockStore(base: String)
    case unlockStore
    case signal(Int32)
    case closeInput
    case closeOutput
    case leaveOutputUnread
    case readOutput
    case waitUntilInputIsFull
    case checkPeakMemory(mebibytes: Int)
    case exit(Int32)

    /// Nil when `text` names no action.
    init?(_ text: Substring) {
        switch text {
        case "hold A": self = .lockStore(base: "a")
        case "hold B": self = .lockStore(base: "b")
        case "hold C": self = .lockStore(base: "c")
        case "release": self = .unlockStore
        case "signal HUP": self = .signal(SIGHUP)
        case "signal INT": self = .signal(SIGINT)
        case "signal TERM": self = .signal(SIGTERM)
        case "close stdin": self = .closeInput
        case "close stdout": self = .closeOutput
        case "leave stdout unread": self = .leaveOutputUnread
        case "read stdout": self = .readOutput
        case "wait until stdin is full": self = .waitUntilInputIsFull
        default:
            let words = text.split(separator: " ")
            if words.count == 2, words[0] == "exit", let status = Int32(words[1]) {
                self = .exit(status)
            } else if text.hasPrefix("peak memory below "), text.hasSuffix(" MiB"), let size = Int(words[3]) {
                self = .checkPeakMemory(mebibytes: size)
            } else {
                return nil
            }
        }
    }
}
