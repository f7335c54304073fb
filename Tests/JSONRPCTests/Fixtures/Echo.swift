import JSON
import JSONRPC
import JSONSchema

/// An immediate method that gives its params back.
struct Echo: ImmediateTestMethod {
    static let name = "echo"
    let takesArrays = true

    func answer(_ params: Value, to writer: inout Writer) {
        writer.value(params)
    }
}

/// An immediate method of a test, declared as a type.
protocol ImmediateTestMethod: Sendable {
    static var name: String { get }
    var takesArrays: Bool { get }
    func answer(_ params: Value, to writer: inout Writer)
}

extension ImmediateTestMethod {
    var takesArrays: Bool { false }
}

/// A grouped method of a test, declared as a type.
protocol GroupedTestMethod: Sendable {
    associatedtype Params: Sendable
    associatedtype Result: Sendable
    static var name: String { get }
    var footprint: Footprint { get }
    var repeatsSubject: Bool { get }
    var isUrgent: Bool { get }
    var answerBytes: Int { get }
    static func subject(of params: Value) -> UInt64?
    func decode(_ params: Value) throws(Failure) -> Params
    func authorise(_ params: Params) throws(Failure)
    func call(_ group: [Params]) async -> [Outcome<Result>]
    func write(_ result: Result, to writer: inout Writer)
}

extension GroupedTestMethod {
    var repeatsSubject: Bool { false }
    var isUrgent: Bool { false }
    var answerBytes: Int { 1024 }
    func authorise(_ params: Params) throws(Failure) {}
}

extension MethodTable.Entry {
    convenience init<M: ImmediateTestMethod>(_ method: M, schema: Schema, summary: String = "") {
        self.init(
            .immediate(M.name, takesArrays: method.takesArrays) { method.answer($0, to: &$1) }, schema: schema,
            summary: summary)
    }

    convenience init<M: GroupedTestMethod>(_ method: M, schema: Schema, summary: String = "") {
        self.init(
            .grouped(
                M.name, footprint: method.footprint, isUrgent: method.isUrgent, repeatsSubject: method.repeatsSubject,
                answerBytes: method.answerBytes, subject: { M.subject(of: $0) },
                decode: { (params) throws(Failure) in try method.decode(params) },
                authorise: { (params) throws(Failure) in try method.authorise(params) },
                call: { await method.call($0) }, write: { method.write($0, to: &$1) }),
            schema: schema, summary: summary)
    }
}
