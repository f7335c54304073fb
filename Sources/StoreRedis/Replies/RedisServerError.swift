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
    /// The command was refused or failed, and an early retry does not help.
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
        default: self = .fault(Self.fault(words))
        }
    }

    /// What the error says about the server as a whole.
    var fault: RedisFault {
        switch self {
        case .moved, .ask: .isCluster
        case .tryAgain, .clusterDown: .clusterDown
        case .noScript: .other
        case .fault(let fault): fault
        }
    }

    private static func fault(_ words: [Substring]) -> RedisFault {
        switch words.first {
        case "LOADING": .loading
        case "BUSY": .busy
        case "READONLY": .readOnly
        case "OOM": .outOfMemory
        case "MISCONF", "NOREPLICAS": .cannotPersist
        case "MASTERDOWN": .masterDown
        case "NOAUTH", "WRONGPASS", "NOPERM": .denied
        case "WRONGTYPE": .wrongData
        // A script's own failure begins with ERR. On Redis 7, a refused command in a script begins with its own word.
        case "ERR": words.contains { $0.hasPrefix("user_script") } ? .wrongData : .other
        default: .other
        }
    }
}

/// A command that a server refused, by its index in the call.
struct RefusedCommand: Hashable, Sendable {
    var index: Int
    var error: RedisServerError
}
