import Bureau

/// Why a store cannot be opened. None of these passes by itself: an operator has to look.
public struct StoreOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong.
    public enum Cause: Hashable, Sendable {
        /// The URL, one of its options or a variable of the environment cannot be used.
        case configuration
        /// The server, or the file, cannot be reached.
        case unreachable
        /// The store was reached and cannot be used: rights are missing, or it is something else.
        case refused
        /// The store's data was made with another key ring.
        case foreignKeyRing
        /// The key ring lacks a key that the store has seen, or has another one of its number.
        case flawedKeyRing
        /// Another process holds the store.
        case busy
        /// The schema lacks a step that this program has.
        case schemaBehind
        /// A step was applied from a file that has changed since.
        case schemaDrifted
        /// The schema has a step that this program does not have: it belongs to a newer one, or to another base.
        case schemaNewer
        /// A step could not be applied and was undone.
        case stepFailed
        /// The system gives no thread, descriptor or memory.
        case outOfResources
    }

    public let base: Base
    public let cause: Cause
    /// A sentence for an operator, without its base; it holds no secret and no value of the store.
    public let reason: String
    /// The store's own code, as in ``StoreReason``.
    public let code: String?
    /// What the operator does about it, in one sentence; nil when the reason says it.
    public let remedy: String?

    public init(_ base: Base, _ cause: Cause, _ reason: String, code: String? = nil, remedy: String? = nil) {
        self.base = base
        self.cause = cause
        self.reason = reason
        self.code = code
        self.remedy = remedy
    }

    public var description: String {
        "base \(base.rawValue): \(reason)" + (remedy.map { ". \($0)" } ?? "")
    }
}
