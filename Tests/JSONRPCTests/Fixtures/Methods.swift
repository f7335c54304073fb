import JSON
import JSONRPC
import JSONSchema
import Platform

extension Method {
    /// An immediate method that returns its params.
    static let echo = immediate("echo", takesArrays: true) { params, writer in writer.value(params) }

    /// A method whose calls wait at a gate, unless a call asks not to; its result is the subject.
    static func gated(
        _ gate: Gate, name: String = "gated", isUrgent: Bool = false, answerBytes: Int = 1024
    ) -> Method {
        grouped(
            name, footprint: Footprint(writes: 1), isUrgent: isUrgent, answerBytes: answerBytes,
            subject: { $0["subject"]?.int64.map { UInt64($0) } },
            decode: { (params, _) throws(Failure) -> (subject: Int, waits: Bool) in
                guard let subject = params["subject"]?.int64 else {
                    throw .invalidParams(at: "/subject", reason: "missing")
                }
                return (Int(subject), params["waits"]?.bool ?? true)
            },
            authorise: { (params) throws(Failure) in
                if params.subject == 403 { throw Failure(.forbidden) }
            },
            call: { group in
                if group.contains(where: \.waits) { await gate.pass(group.map(\.subject)) }
                return group.map { .success($0.subject) }
            },
            failure: { (failure: Failure) in failure },
            write: { result, writer in writer.number(result) })
    }
}

/// A request to a gated method.
func gated(
    _ id: Int, method: String = "gated", subject: Int, waits: Bool = true, meta: String? = nil
) -> String {
    let params = #"{"subject":\#(subject),"waits":\#(waits)}"#
    let meta = meta.map { #","meta":\#($0)"# } ?? ""
    return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)\#(meta)}"#
}

extension MethodTable {
    /// The methods `gated` and `echo`.
    init(gate: Gate, isUrgent: Bool = false) throws {
        let schema = try anySchema()
        let methods = [Method.gated(gate, isUrgent: isUrgent), .echo]
        self.init(
            methods.map { .init($0, schema: schema, summary: "Nothing.") }, resources: ["first", "second"])
    }
}

/// An immediate method whose response is much longer than its request; it counts its calls.
struct LongAnswer {
    static let bytes = 2000
    let answered = Monitor(0)

    var method: Method {
        .immediate("long") { [answered] _, writer in
            answered.withLock { $0 += 1 }
            writer.string(String(repeating: "x", count: Self.bytes))
        }
    }
}

/// The schema that every value meets.
func anySchema() throws -> Schema {
    var registry = SchemaRegistry()
    try registry.register(Document("{}".utf8), at: "any.json")
    return try registry.compile("any.json")
}
