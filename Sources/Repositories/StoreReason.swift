/// Why a store cannot serve now, for an operator. It never holds data, a secret or a token.
public struct StoreReason: Hashable, Sendable, CustomStringConvertible {
    /// The kind of the reason, which tells an operator where to look.
    public enum Cause: String, CaseIterable, Sendable {
        /// There is no connection, or no answer in time.
        case unreachable
        /// The store is starting, loading its data or failing over.
        case notReady = "not_ready"
        /// The store limits the rate, or the number of its connections.
        case throttled
        /// A disk, the memory or a quota is full.
        case full
        case readOnly = "read_only"
        /// The credentials are wrong, or rights are missing.
        case refused
        /// Another session holds a lock.
        case locked
        /// The store itself failed, such as with an I/O error.
        case failed
    }

    public let cause: Cause
    /// The store's own code: an errno, a SQLSTATE, the first word of a RESP error, an AWS error code.
    public let code: String?
    /// One sentence for an operator.
    public let detail: String

    public init(_ cause: Cause, code: String? = nil, _ detail: String) {
        self.cause = cause
        self.code = code
        self.detail = detail
    }

    /// The sentence and the code.
    public var description: String {
        guard let code, !detail.contains(code) else { return detail }
        return "\(detail) (\(code))"
    }

    /// The code for a key ring that is an old copy.
    public static let oldKeyRing = "old_key_ring"
    /// The code of a walk that is refused while subjects are given other tokens.
    public static let movingTokens = "moving_tokens"
    /// The code for a wrapping key that has wrapped as often as it may.
    public static let spentWrappingKey = "spent_wrapping_key"
    /// The code for a data key that has encrypted as often as it may.
    public static let spentDataKey = "spent_data_key"

    /// Whether keys are the reason, and the store itself is well.
    public var concernsKeyRing: Bool {
        [Self.oldKeyRing, Self.movingTokens, Self.spentWrappingKey, Self.spentDataKey].contains(code)
    }

    /// Whether writes alone fail, so that an answered read does not show that the store serves again.
    public var concernsWritesAlone: Bool { cause == .full || cause == .readOnly }
}
