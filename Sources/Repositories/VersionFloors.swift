import Bureau

/// What this machine has seen of records, beside the stores: the latest content of each, by which a former copy that
/// somebody has put back is known when it is read.
///
/// It may forget: what it does not know is never held against a record.
public protocol VersionFloors: Sendable {
    /// The latest content of a record that was seen; nil of one that was not, or was forgotten.
    func floor(of name: FloorName) -> Floor?

    /// Remembers a content that the store has, or had, unless a later one was seen.
    func raise(_ name: FloorName, to content: Floor)

    /// Remembers a content that a daemon has written, as the latest whatever was seen before, but not of a subject who
    /// was erased: a write that was answered is given out.
    func set(_ name: FloorName, to content: Floor)

    /// Remembers that a content is being written whose version its writer does not know, with the time of its stamp.
    func begin(_ name: FloorName, at time: UInt64)

    /// Remembers that such a write has ended, whatever became of it.
    func end(_ name: FloorName, at time: UInt64)

    /// The number of this machine, which it has drawn, and draws anew when its clock is set back.
    var machine: UInt32 { get }

    /// A stamp that no process of the machine was given before: of a time in microseconds since 1970, or a little later.
    func nextStamp(notBefore time: UInt64) -> WriteStamp?

    /// The latest acceptance that was heeded.
    var heeded: Acceptance { get }

    /// Forgets all contents, because an operator has accepted what the bases have.
    func forgetAll(heeding acceptance: Acceptance)
}

/// That an operator has accepted what the bases have as the latest: the leaf of the audit log, and the time by the clock
/// of the operator's machine.
public struct Acceptance: Hashable, Sendable {
    public var leaf: Int64
    public var at: Instant

    public init(leaf: Int64, at: Instant) {
        self.leaf = leaf
        self.at = at
    }

    /// Whether this came after another one: by its place in the log, or by its time, since a log that was put back from
    /// a backup gives a place anew.
    public func isLater(than other: Acceptance) -> Bool { leaf > other.leaf || at > other.at }
}

/// The name of a record among floors: 128 bits of a keyed hash, which stays for ever.
public struct FloorName: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The name of a subject in a base, by the first token there.
    public init(firstToken token: SubjectToken, in base: Base) {
        self = token.withWords { words in
            FloorName(
                high: words.loadUnaligned(as: UInt64.self),
                low: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ (base == .a ? 0 : 1))
        }
    }

    /// The name of a payment, by the hash that tells it from all others.
    public init(payment: PaymentKey) { self.init(high: payment.key.high, low: payment.key.low) }
}
