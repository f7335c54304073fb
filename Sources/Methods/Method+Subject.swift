import Bureau
import JSON
import JSONRPC
import Services

/// A set of the three bases and the audit log: the resources whose order matters.
struct Bases: OptionSet, Sendable {
    let rawValue: UInt8

    static let a = Bases(rawValue: 1)
    static let b = Bases(rawValue: 2)
    static let c = Bases(rawValue: 4)
    static let log = Bases(rawValue: 8)

    /// The name of each base, in the order of their bits.
    static let names = ["A", "B", "C"]

    /// The bases alone.
    var list: [Base] {
        zip(Base.allCases, [Bases.a, .b, .c]).filter { contains($1) }.map(\.0)
    }

    /// Whether a method that touches only these bases goes ahead of the others, because base C alone is fast.
    var isUrgent: Bool { isSubset(of: .c) }
}

extension Footprint {
    /// What a method does with the bases, and so with the log.
    ///
    /// Entries are added beside each other, in any order, as reads go; what tells of accesses keeps its order with
    /// them, as a write does.
    init(reads: Bases, writes: Bases = [], tellsAccesses: Bool = false) {
        self.init(
            reads: reads.union(tellsAccesses ? [] : .log).rawValue,
            writes: writes.union(tellsAccesses ? .log : []).rawValue)
    }
}

extension Method {
    /// A method about one person, whose CPF is the member `cpf`.
    ///
    /// `params` reads valid params; `service` takes a group of them and gives an outcome for each, in their order;
    /// `result` appends one JSON value. `answerBytes` is what a call is charged with at least, also for the records
    /// that a write reads. Whoever may not do this is refused without asking a store. With `takesKeys`, `service`
    /// serves a call whose reader has a `repetition` once. `asks` are the bases where a call finds its subject: those
    /// that it reads or writes, unless others are given.
    static func aboutSubject<Params: AccessRequest, Answer: Sendable>(
        _ name: String, _ accesses: MethodAccesses, reads: Bases = [], writes: Bases = [], tellsAccesses: Bool = false,
        asks: Bases? = nil, repeatsSubject: Bool = false, takesKeys: Bool = false, answerBytes: Int = 1024,
        alike: AlikeParams<Params>? = nil,
        params: @escaping @Sendable (ObjectReader) throws(Failure) -> Params,
        service: @escaping @Sendable ([Params]) async -> [Result<Answer, ServiceError>],
        result: @escaping @Sendable (Answer, inout Writer) -> Void
    ) -> Method {
        let access = accesses.of(name)
        let assistantsAccess = accesses.of(name, isByAssistant: true)
        let (moves, bases) = (accesses.moves, (asks ?? reads.union(writes)).list)
        return .grouped(
            name, footprint: Footprint(reads: reads, writes: writes, tellsAccesses: tellsAccesses),
            isUrgent: reads.union(writes).isUrgent, repeatsSubject: repeatsSubject, takesKeys: takesKeys,
            answerBytes: answerBytes, subject: digitsOfCPF,
            decode: { (value, key) throws(Failure) in
                try params(ObjectReader(value, of: access, repetition: key.map { Repetition($0, of: name, value) }))
            },
            decodeForeign: { (value, key) throws(Failure) in
                try params(
                    ObjectReader(value, of: assistantsAccess, repetition: key.map { Repetition($0, of: name, value) }))
            },
            alike: alike,
            authorise: { (params) throws(Failure) in
                let decision = access.authorise(params.access)
                if case .failure = decision { access.control.noteDenied(params.access, params.cpf) }
                try decision.outcome.get()
            },
            call: { params in
                do throws(ServiceError) {
                    try await moves.prepare(params.lazy.map { $0.cpf }, in: bases)
                } catch {
                    return params.map { _ in .failure(error) }
                }
                return await service(params)
            }, failure: { Failure(of: $0) }, write: result)
    }

    /// A method that reads what there is of one person: its params are whose, and why.
    static func ofSubject<Answer: Sendable>(
        _ name: String, _ accesses: MethodAccesses, reads: Bases, writes: Bases = [], answerBytes: Int = 1024,
        service: @escaping @Sendable ([SubjectRead]) async -> [Result<Answer, ServiceError>],
        result: @escaping @Sendable (Answer, inout Writer) -> Void
    ) -> Method {
        .aboutSubject(
            name, accesses, reads: reads, writes: writes, answerBytes: answerBytes,
            alike: AlikeParams(member: "cpf") { model, text in
                guard let cpf = CPF(text) else { return nil }
                return (SubjectRead(cpf: cpf, access: model.access), subject: cpf.number)
            },
            params: { (reader) throws(Failure) in try SubjectRead(reader) }, service: service, result: result)
    }

    /// The digits of valid params' CPF as a number, which is the same for the plain and the masked form.
    static func digitsOfCPF(_ params: Value) -> UInt64? {
        params["cpf"]?.withUTF8 { text in
            text.reduce(into: 0) { number, byte in
                let digit = byte &- UInt8(ascii: "0")
                if digit <= 9 { number = number &* 10 &+ UInt64(digit) }
            }
        }
    }
}

extension Result where Failure == ServiceError, Success: Sendable {
    /// The outcome of a call, as a client is answered.
    var outcome: Outcome<Success> { mapError { JSONRPC.Failure(of: $0) } }
}
