import JSON
import JSONRPC

/// `system.ping`
package struct SystemPing: ImmediateMethod {
    package static let name = "system.ping"

    package init() {}

    package func answer(_ params: Value, to writer: inout Writer) {
        writer.raw(#""pong""#)
    }
}
