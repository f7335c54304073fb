import JSON
import JSONRPC

/// An immediate method that gives its params back.
struct Echo: ImmediateMethod {
    static let name = "echo"
    let takesArrays = true

    func answer(_ params: Value, to writer: inout Writer) {
        writer.value(params)
    }
}
