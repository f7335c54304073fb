import JSON
import JSONRPC

/// `rpc.discover`: the service described by itself (OpenRPC 1.3, service discovery method).
package struct RPCDiscover: ImmediateMethod {
    package static let name = "rpc.discover"
    private let document: OpenRPCDocument

    package init(document: OpenRPCDocument) {
        self.document = document
    }

    package func answer(_ params: Value, to writer: inout Writer) {
        document.write(to: &writer)
    }
}
