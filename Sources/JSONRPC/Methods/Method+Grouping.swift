import JSON

extension Method {
    /// How a grouped method's calls become groups and are served, without the types of its params and results.
    ///
    /// Only these closures know the types, so that the compiler makes their loops for the types of each method.
    /// A class, because the reader takes it for each call: one count of references instead of one for each closure.
    @usableFromInline
    final class Grouping: Sendable {
        let subject: @Sendable (Value) -> UInt64?
        /// Decodes valid params and authorises the call, and does nothing more.
        let check: @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Void
        /// Decodes valid params, and only then asks for the call's group, adds them to it and returns it.
        let add: Add
        /// Nil for a method whose calls are all decoded.
        let alike: Alike?
        /// Makes the empty params of a group, a `CallParams` of the method's type.
        let makeParams: @Sendable () -> AnyObject
        let call: Call

        @usableFromInline
        typealias Add =
            @Sendable (Value, _ idempotencyKey: Value?, _ isForeign: Bool, _ findGroup: () -> CallGroup) throws(Failure)
            -> CallGroup
        /// Serves the calls that are left of a group, nil for all, and returns what writes their outcomes.
        @usableFromInline
        typealias Call = @Sendable (_ params: AnyObject, _ left: [Int]?) async -> Write
        /// Writes outcomes until a part of the responses was sent, which returns true, or there are no more.
        @usableFromInline
        typealias Write = (inout GroupResponses) -> Bool

        @usableFromInline
        init(
            subject: @escaping @Sendable (Value) -> UInt64?,
            check: @escaping @Sendable (Value, _ idempotencyKey: Value?) throws(Failure) -> Void,
            add: @escaping Add, alike: Alike?, makeParams: @escaping @Sendable () -> AnyObject, call: @escaping Call
        ) {
            self.subject = subject
            self.check = check
            self.add = add
            self.alike = alike
            self.makeParams = makeParams
            self.call = call
        }
    }
}

extension Method.Grouping {
    /// How a call is served that differs from a decoded one in its subject alone.
    @usableFromInline
    struct Alike: Sendable {
        /// The member of the params whose text is the subject.
        let member: StaticString
        /// Decodes valid params, which others are made of: a `CallParams` of the method's type.
        let model: @Sendable (Value) throws(Failure) -> AnyObject
        let add: Add

        /// Makes the params of a model for the subject that a text names, and only then asks for the call's group by
        /// the subject, adds them to it and returns it; nil when the text names none.
        @usableFromInline
        typealias Add =
            @Sendable (_ model: AnyObject, UnsafeBufferPointer<UInt8>, _ findGroup: (_ subject: UInt64) -> CallGroup) ->
            CallGroup?

        @usableFromInline
        init(
            member: StaticString, model: @escaping @Sendable (Value) throws(Failure) -> AnyObject, add: @escaping Add
        ) {
            self.member = member
            self.model = model
            self.add = add
        }
    }
}

/// How params follow from those of a call that differs in its subject alone.
///
/// For methods whose `decode` makes nothing anew, such as an identifier or a time, and refuses nothing for its subject.
public struct AlikeParams<Params: Sendable>: Sendable {
    /// The member of the params whose text is the subject.
    @usableFromInline let member: StaticString
    /// Returns the params for the subject that a text names, and the subject as `Method.grouped` has it; nil when the
    /// text, which may be any bytes, names none.
    @usableFromInline let make: @Sendable (Params, UnsafeBufferPointer<UInt8>) -> (Params, subject: UInt64)?

    public init(
        member: StaticString,
        make: @escaping @Sendable (Params, UnsafeBufferPointer<UInt8>) -> (Params, subject: UInt64)?
    ) {
        self.member = member
        self.make = make
    }
}

/// The decoded params of a group's calls.
@usableFromInline
final class CallParams<Params> {
    /// Changed by one owner at a time: the reader, and then the task that serves the group.
    @exclusivity(unchecked) @usableFromInline var list: [Params]

    @usableFromInline
    init(_ list: [Params] = []) { self.list = list }

    /// Takes the params of the calls that are left, nil for all.
    @inlinable
    func take(_ left: [Int]?) -> [Params] {
        defer { list = [] }
        return left.map { left in left.map { list[$0] } } ?? list
    }
}
