import Foundation
import JSON

/// A line that a connection has written, checked for what holds of all of them.
struct AnswerRecord {
    /// The line without the times and identifiers that the daemon has given.
    let timeless: String
    let reply: ExpectedReply
    /// Whether it is a notification that tells of progress.
    let isProgress: Bool
    /// Whether another run may answer otherwise.
    let dependsOnTime: Bool

    init?(_ line: [UInt8]) {
        guard let text = String(validating: line, as: UTF8.self), let document = try? Document(line) else {
            Promise.demand(false, "each line that is written is JSON: \(String(decoding: line, as: UTF8.self))")
            return nil
        }
        isProgress = document.withRoot { $0["method"]?.equals("$/progress") == true && $0["id"] == nil }
        reply = document.withRoot { root in
            if root.kind != .array { return .single(id: Self.id(of: root)) }
            Promise.demand(root.count > 0, "an answer to a batch has something in it")
            return .batch(ids: root.elements.map(Self.id))
        }
        let reasons = ["duplicate_id", "request_cancelled", "deadline_exceeded"].map { "\"reason\":\"\($0)\"" }
        dependsOnTime = (reasons + Self.numbers).contains { text.contains($0) }
        timeless = MemoryBureau.givenPrefixes.reduce(text) { Self.withoutStrings(of: $1, in: $0) }
    }

    /// What an answer of `system.metrics` holds, in either of its formats.
    private static let numbers = [#""process":{"startedAt":"#, "# HELP creditd_"]

    /// Drops what follows a prefix inside of strings.
    private static func withoutStrings(of prefix: String, in text: String) -> String {
        let parts = text.components(separatedBy: prefix)
        return parts[0] + parts.dropFirst().map { prefix + $0.drop { $0 != "\"" } }.joined()
    }

    private static func id(of answer: Value) -> String {
        Promise.demand(answer["jsonrpc"]?.equals("2.0") == true, "an answer is of JSON-RPC 2.0")
        if answer["method"] != nil { return "" }
        Promise.demand(answer.count == 3, "an answer has three members")
        Promise.demand((answer["result"] == nil) != (answer["error"] == nil), "an answer is a result or an error")
        if let error = answer["error"] {
            Promise.demand(
                error["code"]?.int64 != nil && error["message"]?.kind == .string, "an error has code and message")
            Promise.demand(error["code"]?.int64 != -32603, "nothing fails inside")
        }
        return answer["id"].map { String(decoding: $0.rawText, as: UTF8.self) } ?? "none"
    }
}
