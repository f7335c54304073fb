import JSON
import JSONRPC

/// What a line is answered with, as far as the protocol alone says: the ids, as they were written.
///
/// The rules are told here for a second time, from JSON-RPC 2.0 and not from the code under test.
enum ExpectedReply: Hashable {
    case single(id: String)
    case batch(ids: [String])

    private static let limits = Limits()

    /// The replies to all lines of an input, in their order.
    static func replies(to input: [UInt8]) -> [ExpectedReply] {
        var input = input[...]
        if input.starts(with: [0xEF, 0xBB, 0xBF]) { input = input.dropFirst(3) }
        return input.split(separator: 0x0A).compactMap { reply(to: Array($0)) }
    }

    private static func reply(to line: [UInt8]) -> ExpectedReply? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        guard let document = try? Document(line) else { return .single(id: "null") }
        return document.withRoot { root in
            guard root.kind == .array else { return id(repliedTo: root).map { .single(id: $0) } }
            guard (1...limits.maximumBatchItems).contains(root.count) else { return .single(id: "null") }
            let ids = root.elements.compactMap { id(repliedTo: $0) }
            return ids.isEmpty ? nil : .batch(ids: ids)
        }
    }

    /// The id under which a message is answered; nil when it is not.
    private static func id(repliedTo message: Value) -> String? {
        guard message.kind == .object, message.ownDuplicateKey == nil else { return "null" }
        if let id = message["id"], !isFit(id) { return "null" }
        let hasOutcome = message["result"] != nil || message["error"] != nil
        if hasOutcome, message["method"] == nil { return nil }
        if let id = message["id"] { return String(decoding: id.rawText, as: UTF8.self) }
        let known = ["jsonrpc", "method", "params", "meta"]
        let isCall =
            message["jsonrpc"]?.equals("2.0") == true && message["method"]?.kind == .string
            && message["params"]?.isContainer != false && message.members.allSatisfy { known.contains($0.key.string!) }
        return isCall ? nil : "null"
    }

    private static func isFit(_ id: Value) -> Bool {
        [.string, .number, .null].contains(id.kind) && id.rawText.count <= limits.maximumIDBytes
    }
}
