/// An error that a server answers a command with, identified by its first word.
enum RedisServerError: Error, Hashable, Sendable {
    /// Another node owns the slot now.
    case moved(slot: UInt16, to: RedisEndpoint)
    /// The command has to go to another node this once, after ASKING.
    case ask(RedisEndpoint)
    /// The keys of the command are migrating between two nodes.
    case tryAgain
    case clusterDown
    /// The server does not have the script.
    case noScript
    /// The script failed after its first write; see `event.lua`.
    case halfWritten(RedisFault)
    /// The command was refused and wrote nothing, and an early retry does not help.
    case fault(RedisFault)

    /// Reads an error's text; `sender` is the node that answered.
    init(_ text: String, from sender: RedisEndpoint) {
        let words = text.split(separator: " ")
        switch words.first {
        case "MOVED", "ASK":
            guard words.count == 3, let slot = UInt16(words[1]), slot < HashSlot.count,
                let endpoint = RedisEndpoint(redirection: words[2], from: sender)
            else {
                self = .fault(.notRedis)
                return
            }
            self = words[0] == "ASK" ? .ask(endpoint) : .moved(slot: slot, to: endpoint)
        case "TRYAGAIN": self = .tryAgain
        case "CLUSTERDOWN": self = .clusterDown
        case "NOSCRIPT": self = .noScript
        case "HALF": self = .halfWritten(Self.fault(words.dropFirst()))
        default: self = .fault(Self.fault(words[...]))
        }
    }

    /// What the error says about the server as a whole.
    var fault: RedisFault {
        switch self {
        case .moved, .ask: .isCluster
        case .tryAgain: .migrating
        case .clusterDown: .clusterDown
        case .noScript: .other(code: "NOSCRIPT")
        case .halfWritten(let fault), .fault(let fault): fault
        }
    }

    private static func fault(_ words: ArraySlice<Substring>) -> RedisFault {
        let code = Self.code(words)
        switch code {
        case "LOADING": return .loading
        case "BUSY": return .busy
        case "READONLY": return .readOnly
        case "OOM": return .outOfMemory
        case "MISCONF": return .cannotPersist(isDiskFull: words.joined(separator: " ").contains("No space left"))
        case "NOREPLICAS": return .fewReplicas
        case "MASTERDOWN": return .masterDown
        case "NOAUTH", "WRONGPASS": return .denied(code: code)
        case "NOPERM": return mentions("key", words) ? .keysDenied(code: code) : .commandDenied(code: code)
        case "WRONGTYPE": return .wrongData(code: code)
        default: return other(code, words)
        }
    }

    /// Tells apart what servers of some version answer with a plain ERR.
    private static func other(_ code: String, _ words: ArraySlice<Substring>) -> RedisFault {
        let text = words.joined(separator: " ")
        // Before Redis 7, the first word of an error in a script stands within the text.
        if text.contains("Error running script") || text.hasPrefix("@user_script"),
            let inner = words.firstIndex(where: { inScript.contains($0) })
        {
            return fault(words[inner...])
        }
        if text.contains("max number of clients") { return .tooManyClients }
        // A script's call is refused for want of a right in these words before Redis 7.2, which gives a code.
        if text.contains("ACL failure") || text.contains("The user executing the script") {
            return mentions("keys", words) ? .keysDenied(code: "NOPERM") : .commandDenied(code: "NOPERM")
        }
        // A renamed or disabled command.
        if text.contains("nknown command") || text.contains("nknown Redis command") {
            return .commandDenied(code: code)
        }
        if words.contains(where: { $0.hasPrefix("user_script:") }) { return .wrongData(code: code) }
        return .other(code: code)
    }

    private static let inScript: Set<Substring> = [
        "BUSY", "MISCONF", "-MISCONF", "NOPERM", "-NOPERM", "NOREPLICAS", "-NOREPLICAS", "OOM", "-OOM", "READONLY",
        "-READONLY", "WRONGTYPE", "-WRONGTYPE",
    ]

    private static func mentions(_ word: String, _ words: ArraySlice<Substring>) -> Bool {
        words.contains { $0 == word || $0 == word + "s" }
    }

    /// The first word; a word of other than capitals, which may be data, is not repeated.
    private static func code(_ words: ArraySlice<Substring>) -> String {
        guard var word = words.first else { return "ERR" }
        if word.first == "-" { word = word.dropFirst() }
        guard word.utf8.count <= 20,
            word.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return "ERR" }
        return String(word)
    }
}

/// A command that a server refused, by its index in the call.
struct RefusedCommand: Hashable, Sendable {
    var index: Int
    var error: RedisServerError
}
