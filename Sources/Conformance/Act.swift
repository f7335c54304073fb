import Glibc

/// What is done to a daemon, or looked at, beside its input and its answers.
enum Act: Hashable, Sendable {
    /// Another program begins to write to a base's embedded store, and does not come to an end.
    case hold(base: String)
    case release
    case signal(Int32)
    case closeInput
    case closeOutput
    case leaveOutputUnread
    case readOutput
    case waitUntilInputIsFull
    case peakMemory(mebibytes: Int)
    case exit(Int32)

    var isExit: Bool {
        if case .exit = self { true } else { false }
    }

    /// Nil when `text` names no act.
    init?(_ text: Substring) {
        switch text {
        case "hold A": self = .hold(base: "a")
        case "hold B": self = .hold(base: "b")
        case "hold C": self = .hold(base: "c")
        case "release": self = .release
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
                self = .peakMemory(mebibytes: size)
            } else {
                return nil
            }
        }
    }
}
