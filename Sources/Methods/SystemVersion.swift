import JSON
import JSONRPC

/// `system.version`
package struct SystemVersion: ImmediateMethod {
    package static let name = "system.version"
    private let version: String

    package init(version: String) {
        self.version = version
    }

    package func answer(_ params: Value, to writer: inout Writer) {
        writer.object { result in
            result.member("name", "creditd")
            result.member("version", version)
        }
    }
}
