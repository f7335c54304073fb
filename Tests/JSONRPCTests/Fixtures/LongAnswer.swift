import JSON
import JSONRPC
import Platform

/// An immediate method with an answer that is much longer than its request; it counts them.
struct LongAnswer: ImmediateTestMethod {
    static let name = "long"
    static let bytes = 2000
    let answered = Monitor(0)

    func answer(_ params: Value, to writer: inout Writer) {
        answered.withLock { $0 += 1 }
        writer.string(String(repeating: "x", count: Self.bytes))
    }
}
