import JSONRPC
import Methods

/// The client for Python 3.11: the runtime, then errors, types and methods of the contracts.
public struct PythonClient {
    private let model: ClientModel

    /// The names of `client.py`.
    private static let reserved: Set<String> = [
        "T", "Violation", "Progress", "CreditdError", "ConnectionLost", "AsyncClient", "SyncClient", "Creditd",
        "CreditdSync", "Callable", "ClassVar", "Coroutine", "Literal", "Mapping", "NotRequired", "Self", "Sequence",
        "TypeAlias", "TypedDict", "TypeVar",
    ]

    public init(contracts: ContractSet, version: String) {
        model = ClientModel(contracts: contracts, version: version, reserved: Self.reserved)
    }

    /// The whole file.
    public func text() -> String {
        var source = Source()
        source.line("", "", "#: The daemon that this file comes from, as `system.version` tells it.")
        source.line("VERSION = \(PythonText.literal(model.version))", "CONTRACTS = \(PythonText.literal(model.digest))")
        writeErrors(to: &source)
        for declaration in model.declarations { PythonType.write(declaration, to: &source) }
        for isAsync in [true, false] {
            for namespace in model.namespaces {
                PythonMethods(namespace: namespace.name, methods: namespace.methods, isAsync: isAsync)
                    .write(to: &source)
            }
            writeClient(isAsync: isAsync, to: &source)
        }
        return RuntimeFile.text("client.py") + source.text
    }

    private func writeErrors(to source: inout Source) {
        for code in ErrorCode.allCases {
            source.line("", "", "class \(code.className)(CreditdError):")
            source.indented { body in
                body.line("\"\"\"\(code.rawValue) `\(code.reason)`: \(code.message)\"\"\"")
                if code.retry != "never" {
                    let type = #"ClassVar[Literal["always", "repeatable", "never"]]"#
                    body.line("", "retry: \(type) = \(PythonText.literal(code.retry))")
                }
                if code == .versionConflict {
                    body.line("", "@property", "def version(self) -> int | None:")
                    body.indented { $0.line(#""""The record's current version.""""#) }
                    body.indented { $0.line(#"return cast("int | None", self.data.get("version"))"#) }
                }
            }
        }
        source.line("", "", "#: The class of an error by its code.", "ERRORS: dict[int, type[CreditdError]] = {")
        source.indented { rows in
            for code in ErrorCode.allCases { rows.line("\(code.rawValue): \(code.className),") }
        }
        source.line("}")
    }

    private func writeClient(isAsync: Bool, to source: inout Source) {
        let (name, base) = isAsync ? ("Creditd", "AsyncClient") : ("CreditdSync", "SyncClient")
        source.line("", "", "class \(name)(\(base)):")
        source.indented { body in
            body.line("\"\"\"One daemon, with its methods by namespace.\"\"\"")
            for namespace in model.namespaces {
                let methods = PythonMethods.className(of: namespace.name, isAsync: isAsync)
                body.line("", "@property", "def \(PythonText.name(namespace.name))(self) -> \(methods):")
                body.indented { $0.line("return \(methods)(self)") }
            }
        }
    }
}
