import JSON
import Synchronization

/// The result or the failure of one call.
public typealias Outcome<Success: Sendable> = Swift.Result<Success, Failure>

/// A method: its name, what it touches, and how its calls are served.
///
/// A class, because the reader takes it for each call: one count of references instead of one for each member.
public final class Method: Sendable {
    /// How calls are served.
    enum Service: Sendable {
        case immediate(takesArrays: Bool, answer: @Sendable (Value, inout Writer) -> Void)
        case grouped(Grouping)
    }

    public let name: String
    public let footprint: Footprint
    /// Whether calls go ahead of other work: the first call of an idle lane starts before more input is read.
    public let isUrgent: Bool
    /// Whether a group may hold several calls about one subject, which then take effect in their order.
    public let repeatsSubject: Bool
    /// Whether calls may have an idempotency key: those of a method that writes.
    public let takesKeys: Bool
    /// The size of responses, which bounds the calls of a group and the groups that run.
    public let answerSize: AnswerSize
    /// What was counted of its calls.
    let metrics = MethodMetrics()
    let service: Service

    /// Answered by the reader at once, without a store and without waiting behind anything.
    ///
    /// `answer` gets valid params and appends the result, one JSON value. Without `takesArrays`, empty arrays mean no
    /// params.
    public static func immediate(
        _ name: String, takesArrays: Bool = false, answer: @escaping @Sendable (Value, inout Writer) -> Void
    ) -> Method {
        Method(
            name, footprint: Footprint(), isUrgent: false, repeatsSubject: false, takesKeys: false, answerBytes: 0,
            .immediate(takesArrays: takesArrays, answer: answer))
    }

    private init(
        _ name: String, footprint: Footprint, isUrgent: Bool, repeatsSubject: Bool, takesKeys: Bool, answerBytes: Int,
        _ service: Service
    ) {
        self.name = name
        self.footprint = footprint
        self.isUrgent = isUrgent
        self.repeatsSubject = repeatsSubject
        self.takesKeys = takesKeys
        answerSize = AnswerSize(least: answerBytes)
        self.service = service
    }

    @usableFromInline
    convenience init(
        _ name: String, footprint: Footprint, isUrgent: Bool, repeatsSubject: Bool, takesKeys: Bool, answerBytes: Int,
        _ grouping: Grouping
    ) {
        self.init(
            name, footprint: footprint, isUrgent: isUrgent, repeatsSubject: repeatsSubject, takesKeys: takesKeys,
            answerBytes: answerBytes, .grouped(grouping))
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
    ///   - alike: How the params of a call follow from those of one that differs in its subject alone; nil when more
    ///     may differ, such as an identifier that `decode` makes.
    ///   - authorise: Throws when the caller may not do this, as far as can be told without a store.
    ///   - call: Serves a group, and returns an outcome for each call in their order.
    ///   - failure: Turns why a call failed into what its client is answered.
    ///   - write: Appends a result, one JSON value.
    @inlinable
    public static func grouped<Params: Sendable, Result: Sendable, Fault: Error>(
        _ name: String, footprint: Footprint = Footprint(), isUrgent: Bool = false, repeatsSubject: Bool = false,
        takesKeys: Bool = false, answerBytes: Int = 1024,
        subject: @escaping @Sendable (Value) -> UInt64? = { _ in nil },
        decode: @escaping @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Params,
        decodeForeign: (@Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Params)? = nil,
        alike: AlikeParams<Params>? = nil,
        authorise: @escaping @Sendable (Params) throws(Failure) -> Void = { _ in },
        call: @escaping @Sendable ([Params]) async -> [Swift.Result<Result, Fault>],
        failure: @escaping @Sendable (Fault) -> Failure,
        write: @escaping @Sendable (Result, inout Writer) -> Void
    ) -> Method {
        // Chosen here, because a choice for each call would allocate for it.
        let decodeForeign = decodeForeign ?? decode
        let grouping = Grouping(
            subject: subject,
            check: { (params, key) throws(Failure) in try authorise(try decode(params, key)) },
            add: { (params, key, isForeign, findGroup) throws(Failure) in
                let decoded = if isForeign { try decodeForeign(params, key) } else { try decode(params, key) }
                let group = findGroup()
                // Every group of this method has what `makeParams` below makes.
                unsafeDowncast(group.params, to: CallParams<Params>.self).list.append(decoded)
                return group
            },
            alike: alike.map { alike in
                Grouping.Alike(
                    member: alike.member,
                    model: { (params) throws(Failure) in CallParams([try decode(params, nil)]) },
                    add: { model, text, findGroup in
                        // Every model of this method is what `model` above makes.
                        let model = unsafeDowncast(model, to: CallParams<Params>.self).list[0]
                        guard let (params, subject) = alike.make(model, text) else { return nil }
                        let group = findGroup(subject)
                        unsafeDowncast(group.params, to: CallParams<Params>.self).list.append(params)
                        return group
                    })
            },
            makeParams: { CallParams<Params>() },
            call: { params, left in
                let params = unsafeDowncast(params, to: CallParams<Params>.self).take(left)
                var outcomes = await call(params)
                precondition(outcomes.count == params.count, "a method answers each call of its group")
                var writtenCount = 0
                return { responses in
                    for position in outcomes.indices {
                        let index = left?[writtenCount + position] ?? writtenCount + position
                        switch outcomes[position] {
                        case .success(let result): responses.result(of: index) { write(result, &$0) }
                        case .failure(let fault): responses.error(of: index, failure(fault))
                        }
                        guard responses.sendPart() else { continue }
                        // What is sent is let go of, because the results of a group may take many megabytes.
                        writtenCount += position + 1
                        outcomes.removeFirst(position + 1)
                        return true
                    }
                    return false
                }
            })
        return Method(
            name, footprint: footprint, isUrgent: isUrgent, repeatsSubject: repeatsSubject, takesKeys: takesKeys,
            answerBytes: answerBytes, grouping)
    }

    /// Returns the subject whose calls keep their order, from valid params; nil for none.
    public func subject(of params: Value) -> UInt64? {
        switch service {
        case .immediate: nil
        case .grouped(let grouping): grouping.subject(params)
        }
    }
}

/// The resources that a method reads and writes, one bit each; the program assigns the bits.
///
/// Two calls about one subject keep their order when one writes what the other reads or writes.
public struct Footprint: Hashable, Sendable {
    public var reads: UInt8
    public var writes: UInt8

    /// A footprint of these bits.
    public init(reads: UInt8 = 0, writes: UInt8 = 0) {
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
    public func conflicts(with other: Footprint) -> Bool {
        (writes & (other.reads | other.writes)) | (reads & other.writes) != 0
    }

    /// Whether this conflicts with everything with which `other` conflicts.
    public func covers(_ other: Footprint) -> Bool {
        (other.writes & ~writes) | (other.reads & ~(reads | writes)) == 0
    }
}

/// The size of a method's responses in bytes, as they were written.
public final class AnswerSize: Sendable {
    /// What a call is charged with while only smaller responses were seen.
    public let least: Int
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
