import Platform
import Synchronization

/// The numbers of one method since the start of the process.
///
/// A group of calls is counted as a whole: two locks for all of its calls.
public final class MethodMetrics: Sendable {
    private let state = Mutex(MethodCounts())

    /// The numbers as they are now.
    public var counts: MethodCounts { state.withLock(\.self) }

    /// Counts calls that were answered without a group.
    func answered(_ calls: Int, requestBytes: Int, responseBytes: Int) {
        state.withLock { $0.answered(calls, requestBytes: requestBytes, responseBytes: responseBytes) }
    }

    /// Counts a message that was refused before it came to a group.
    func refused(_ kind: FailureKind, requestBytes: Int) {
        state.withLock { counts in
            counts.answered(1, requestBytes: requestBytes, responseBytes: 0)
            counts.failed(kind)
        }
    }

    /// Counts the calls of a group that is complete, from now on in flight.
    func submitted(_ calls: Int, requestBytes: Int) {
        state.withLock { $0.submitted(calls, requestBytes: requestBytes) }
    }

    /// Counts a call that was answered with an error ahead of its group, which is still in flight.
    func failed(_ kind: FailureKind) {
        state.withLock { $0.failed(kind) }
    }

    /// Counts the end of a group of so many calls.
    func ended(_ calls: Int, _ outcome: GroupOutcome? = nil) {
        state.withLock { $0.ended(calls, outcome) }
    }
}

/// What became of the calls of a group that were served.
struct GroupOutcome {
    /// The calls that were served; not those that were answered ahead.
    var calls: Int
    /// The time from the first call's arrival until the group was served.
    var queueTime: Duration
    /// The time that the method's service took, and in it the stores.
    var serviceTime: Duration
    var responseBytes: Int
    var failures: [CallFailure]
}

/// An error among the responses of a group.
struct CallFailure {
    /// The number of the call in its group.
    var index: Int
    var kind: FailureKind
}

/// What a client was told of an error, without its details: the same in numbers, log and traces.
public struct FailureKind: Hashable, Sendable {
    public var code: ErrorCode
    /// The member `data.reason`.
    public var reason: String

    public init(_ code: ErrorCode, reason: String? = nil) {
        self.code = code
        self.reason = reason ?? code.reason
    }

    public init(_ failure: Failure) {
        self.init(failure.code, reason: failure.reason)
    }
}

extension FailureKind: Comparable {
    public static func < (left: FailureKind, right: FailureKind) -> Bool {
        (left.code.rawValue, left.reason) < (right.code.rawValue, right.reason)
    }
}

/// Counts of one method's calls.
public struct MethodCounts: Hashable, Sendable {
    /// The requests and notifications that were read, those that were refused included.
    public private(set) var calls = 0
    /// The calls of groups that are not ended.
    public private(set) var inFlight = 0
    /// The calls that failed, by what the client was told; notifications, too, though nobody was.
    public private(set) var errors: [FailureKind: Int] = [:]
    public private(set) var requestBytes = 0
    /// The bytes of responses that were no refusals.
    public private(set) var responseBytes = 0
    /// The time from a group's first call until the group was served, for each of its calls.
    public private(set) var queueTime = DurationHistogram()
    /// The time that the service took for a group, for each of its calls.
    public private(set) var serviceTime = DurationHistogram()

    public init() {}

    mutating func answered(_ calls: Int, requestBytes: Int, responseBytes: Int) {
        self.calls += calls
        self.requestBytes += requestBytes
        self.responseBytes += responseBytes
    }

    mutating func submitted(_ calls: Int, requestBytes: Int) {
        self.calls += calls
        self.requestBytes += requestBytes
        inFlight += calls
    }

    /// The most kinds of failures that are counted apart. Further ones count under their codes' reasons, so that the
    /// series stay few whatever reasons there will be.
    static let maximumKinds = 64

    mutating func failed(_ kind: FailureKind, _ count: Int = 1) {
        let isApart = errors[kind] != nil || errors.count < Self.maximumKinds
        errors[isApart ? kind : FailureKind(kind.code), default: 0] += count
    }

    mutating func ended(_ calls: Int, _ outcome: GroupOutcome?) {
        inFlight -= calls
        guard let outcome else { return }
        queueTime.add(outcome.queueTime, weight: outcome.calls)
        serviceTime.add(outcome.serviceTime, weight: outcome.calls)
        responseBytes += outcome.responseBytes
        var rest = outcome.failures[...]
        while let first = rest.first {
            // Calls that fail together mostly fail alike.
            let end = rest.firstIndex { $0.kind != first.kind } ?? rest.endIndex
            failed(first.kind, end - rest.startIndex)
            rest = rest[end...]
        }
    }
}

/// The numbers of all methods of a process.
public final class CallMetrics: Sendable {
    /// The name for messages that name no method of the table.
    public static let otherName = "_OTHER"

    /// Messages that are no valid requests, or name no method that there is.
    let other = MethodMetrics()
    private let methods = Mutex<[(name: String, metrics: MethodMetrics)]>([])

    public init() {}

    /// Takes in the methods of a table.
    func enter(_ methods: [Method]) {
        self.methods.withLock { $0 += methods.map { ($0.name, $0.metrics) } }
    }

    /// The numbers of the methods that were called, in the table's order, and of other messages if there were any.
    public var counts: [(method: String, counts: MethodCounts)] {
        let all = methods.withLock(\.self) + [(Self.otherName, other)]
        return all.map { ($0.name, $0.metrics.counts) }.filter { $0.1.calls > 0 }
    }
}
