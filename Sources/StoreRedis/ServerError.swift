/// An error that a server answered a command with, told by its first word.
enum ServerError: Error, Hashable, Sendable {
    /// The slot lives at another node now.
    case moved(slot: UInt16, to: Endpoint)
    /// This once, the command is to be sent to another node, after ASKING.
    case ask(Endpoint)
    /// The keys of the command are on their way between two nodes.
    case tryAgain
    case clusterDown
    /// The server does not have the script.
    case noScript
    /// The command was refused or failed, and sending it again soon does not help.
    case fault(RedisFault)

    /// Reads an error's text. `sender` is the node that answered.
    init(_ text: UnsafeBufferPointer<UInt8>, from sender: Endpoint) {
        let words = String(decoding: text.prefix(512), as: UTF8.self).split(separator: " ")
        self =
            switch words.first {
            case "MOVED": Self.moved(words, from: sender)
            case "ASK": Self.asked(words, from: sender)
            case "TRYAGAIN": .tryAgain
            case "CLUSTERDOWN": .clusterDown
            case "NOSCRIPT": .noScript
            default: .fault(Self.fault(words))
            }
    }

    /// What the error says of the server as a whole.
    var fault: RedisFault {
        switch self {
        case .moved, .ask: .isCluster
        case .tryAgain, .clusterDown: .clusterDown
        case .noScript: .other
        case .fault(let fault): fault
        }
    }

    /// The same from a server that is meant to have all slots: it should not redirect.
    var ofSingleServer: ServerError {
        switch self {
        case .moved, .ask: .fault(.isCluster)
        default: self
        }
    }

    private static func moved(_ words: [Substring], from sender: Endpoint) -> ServerError {
        guard words.count == 3, let slot = UInt16(words[1]), slot < HashSlot.count,
            let endpoint = Endpoint(redirection: words[2], from: sender)
        else { return .fault(.notRedis) }
        return .moved(slot: slot, to: endpoint)
    }

    private static func asked(_ words: [Substring], from sender: Endpoint) -> ServerError {
        guard words.count == 3, let endpoint = Endpoint(redirection: words[2], from: sender) else {
            return .fault(.notRedis)
        }
        return .ask(endpoint)
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
        // A script's own failure has no word of its own; what a command in it was refused with does, on Redis 7.
        case "ERR": words.contains { $0.hasPrefix("user_script") } ? .wrongData : .other
        default: .other
        }
    }
}
