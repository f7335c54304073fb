import JSON
import Synchronization

/// The result or the failure of one call.
package typealias Outcome<Success: Sendable> = Swift.Result<Success, Failure>

/// A method: its name, what it touches, and how its calls are served.
package struct Method: Sendable {
    /// How calls are served.
    enum Service: Sendable {
        case immediate(takesArrays: Bool, answer: @Sendable (Value, inout Writer) -> Void)
        case grouped(Grouping)
    }

    package let name: String
    package let footprint: Footprint
    /// Whether calls go ahead of other work: the first call of an idle lane starts before more input is read.
    package let isUrgent: Bool
    /// Whether a group may hold several calls about one subject, which then take effect in their order.
    package let repeatsSubject: Bool
    /// Whether calls may have an idempotency key: those of a method that writes.
    package let takesKeys: Bool
    /// The size of responses, which bounds the calls of a group and the groups that run.
    package let answerSize: AnswerSize
    /// What was counted of its calls.
    let metrics = MethodMetrics()
    let service: Service

    /// Answered by the reader at once, without a store and without waiting behind anything.
    ///
    /// `answer` gets valid params and appends the result, one JSON value. Without `takesArrays`, empty arrays mean no
    /// params.
    package static func immediate(
        _ name: String, takesArrays: Bool = false, answer: @escaping @Sendable (Value, inout Writer) -> Void
    ) -> Method {
        Method(
            name: name, footprint: Footprint(), isUrgent: false, repeatsSubject: false, takesKeys: false,
            answerSize: AnswerSize(), service: .immediate(takesArrays: takesArrays, answer: answer))
    }

    /// Served in groups: as many calls as have arrived are handed to `call` at once.
    ///
    /// - Parameters:
    ///   - answerBytes: What a call is charged with at least: its response, and the records that it reads.
    ///   - subject: Returns the subject of valid params. Calls with the same subject and conflicting footprints keep
    ///     their order.
    ///   - decode: Turns valid params, and the call's idempotency key if it has one, into values that keep nothing of
    ///     the line; throws for what a schema cannot say.
    ///   - decodeForeign: The same for a call that another protocol made; `decode` when nil.
    ///   - authorise: Throws when the caller may not do this, as far as can be told without a store.
    ///   - call: Serves a group, and returns an outcome for each call in their order.
    ///   - write: Appends a result, one JSON value.
    package static func grouped<Params: Sendable, Result: Sendable>(
        _ name: String, footprint: Footprint = Footprint(), isUrgent: Bool = false, repeatsSubject: Bool = false,
        takesKeys: Bool = false, answerBytes: Int = 1024,
        subject: @escaping @Sendable (Value) -> UInt64? = { _ in nil },
        decode: @escaping @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Params,
        decodeForeign: (@Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Params)? = nil,
        authorise: @escaping @Sendable (Params) throws(Failure) -> Void = { _ in },
        call: @escaping @Sendable ([Params]) async -> [Outcome<Result>],
        write: @escaping @Sendable (Result, inout Writer) -> Void
    ) -> Method {
        let grouping = Grouping(
            subject: subject,
            check: { (params, key) throws(Failure) in try authorise(try decode(params, key)) },
            add: { (params, key, isForeign, findGroup) throws(Failure) in
                let decoded = try isForeign ? (decodeForeign ?? decode)(params, key) : decode(params, key)
                let group = findGroup()
                // Every group of this method comes from `makeGroup` below.
                unsafeDowncast(group, to: TypedCallGroup<Params, Result>.self).params.append(decoded)
                return group
            },
            makeGroup: { TypedCallGroup($0, call: call, write: write) })
        return Method(
            name: name, footprint: footprint, isUrgent: isUrgent, repeatsSubject: repeatsSubject,
            takesKeys: takesKeys, answerSize: AnswerSize(least: answerBytes), service: .grouped(grouping))
    }

    /// Returns the subject whose calls keep their order, from valid params; nil for none.
    package func subject(of params: Value) -> UInt64? {
        switch service {
        case .immediate: nil
        case .grouped(let grouping): grouping.subject(params)
        }
    }

    /// How a grouped method's calls become groups, without the types of its params and results.
    ///
    /// A class, because the reader takes it for each call: one count of references instead of one for each closure.
    final class Grouping: Sendable {
        let subject: @Sendable (Value) -> UInt64?
        /// Decodes valid params and authorises the call, and does nothing more.
        let check: @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Void
        /// Decodes valid params, and only then asks for the call's group, adds them to it and returns it.
        let add:
            @Sendable (Value, _ idempotencyKey: Value?, _ isForeign: Bool, _ findGroup: () -> CallGroup) throws(Failure)
                -> CallGroup
        let makeGroup: @Sendable (CallGroup.Context) -> CallGroup

        init(
            subject: @escaping @Sendable (Value) -> UInt64?,
            check: @escaping @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Void,
            add:
                @escaping @Sendable (Value, _ idempotencyKey: Value?, _ isForeign: Bool, _ findGroup: () -> CallGroup)
                throws(Failure) -> CallGroup,
            makeGroup: @escaping @Sendable (CallGroup.Context) -> CallGroup
        ) {
            self.subject = subject
            self.check = check
            self.add = add
            self.makeGroup = makeGroup
        }
    }
}

/// The resources that a method reads and writes, one bit each; the program assigns the bits.
///
/// Two calls about one subject keep their order when one writes what the other reads or writes.
package struct Footprint: Hashable, Sendable {
    package var reads: UInt8
    package var writes: UInt8

    package init(reads: UInt8 = 0, writes: UInt8 = 0) {
        self.reads = reads
        self.writes = writes
    }

    /// Whether no resource is touched.
    var isEmpty: Bool { reads | writes == 0 }

    mutating func formUnion(_ other: Footprint) {
        reads |= other.reads
        writes |= other.writes
    }

    /// Whether the order of two calls about one subject shows.
    package func conflicts(with other: Footprint) -> Bool {
        (writes & (other.reads | other.writes)) | (reads & other.writes) != 0
    }
}

/// The size of a method's responses in bytes, as they were written.
package final class AnswerSize: Sendable {
    /// What a call is charged with while only smaller responses were seen.
    package let least: Int
    private let measured: Atomic<Int>

    /// Large responses are expected at first, so that few groups run until there is a measure.
    init(least: Int = 0) {
        self.least = least
        measured = Atomic(4 * least)
    }

    /// The size to expect.
    var bytes: Int { measured.load(ordering: .relaxed) }

    /// Notes the responses of a group. Larger ones count at once; after smaller ones the size falls slowly, because
    /// larger ones may come again.
    func measure(bytes: Int, calls: Int) {
        if calls == 0 { return }
        let mean = bytes / calls
        let last = measured.load(ordering: .relaxed)
        // Groups that end at the same time may lose one of two measures, which does no harm.
        measured.store(max(least, mean >= last ? mean : last - (last - mean) / 8), ordering: .relaxed)
    }
}
