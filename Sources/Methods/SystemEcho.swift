import JSON
import JSONRPC

/// `system.echo`
package struct SystemEcho: ImmediateMethod {
    package static let name = "system.echo"
    package let takesArrays = true

    package init() {}

    package func answer(_ params: Value, to writer: inout Writer) {
        writer.value(params)
    }
}
