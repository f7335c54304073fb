import JSONRPC
import Methods

/// The client for Node and TypeScript 4.8: the runtime, then errors, types and methods of the contracts.
public struct TypeScriptClient {
    private let model: ClientModel

    /// The names of `client.ts`, and of the language where it uses them.
    private static let reserved: Set<String> = [
        "Violation", "Progress", "ErrorDetails", "CreditdError", "ConnectionLost", "CancelSignal", "CallOptions",
        "WriteOptions", "RawOptions", "ClientOptions", "Readable", "ChildProcess", "Waiting", "Client", "Answer",
        "Creditd", "Error", "TypeError", "Promise", "Readonly", "Record", "Map", "Math", "Number", "JSON", "Object",
        "String", "Infinity",
    ]

    public init(contracts: ContractSet, version: String) {
        model = ClientModel(contracts: contracts, version: version, reserved: Self.reserved)
    }

    /// The whole file.
    public func text() -> String {
        var source = Source()
        source.line("", "/** The daemon that this file comes from, as `system.version` tells it. */")
        source.line("export const VERSION = \(TypeScriptText.literal(model.version));")
        source.line("export const CONTRACTS = \(TypeScriptText.literal(model.digest));")
        writeErrors(to: &source)
        for declaration in model.declarations { TypeScriptType.write(declaration, to: &source) }
        for namespace in model.namespaces {
            TypeScriptMethods(namespace: namespace.name, methods: namespace.methods).write(to: &source)
        }
        writeClient(to: &source)
        return RuntimeFile.text("client.ts") + source.text
    }

    private func writeErrors(to source: inout Source) {
        for code in ErrorCode.allCases {
            source.line("", "/** \(code.rawValue) `\(code.reason)`: \(code.message) */")
            source.line("export class \(code.className) extends CreditdError {")
            source.indented { body in
                if code.retry != "never" {
                    let type = #""always" | "repeatable" | "never""#
                    body.line("static override readonly retry: \(type) = \(TypeScriptText.literal(code.retry));")
                }
                if code == .versionConflict {
                    body.line("/** The record's current version. */", "get version(): number | undefined {")
                    body.indented { $0.line(#"return this.data["version"] as number | undefined;"#) }
                    body.line("}")
                }
            }
            source.line("}")
        }
        source.line("", "type ErrorClass = new (message: string, details?: ErrorDetails) => CreditdError;", "")
        source.line("/** The class of an error by its code. */")
        source.line("const ERRORS: Readonly<Record<number, ErrorClass>> = {")
        source.indented { rows in
            for code in ErrorCode.allCases {
                let key = code.rawValue < 0 ? "[\(code.rawValue)]" : "\(code.rawValue)"
                rows.line("\(key): \(code.className),")
            }
        }
        source.line("};")
    }

    private func writeClient(to source: inout Source) {
        source.line("", "/** One daemon, with its methods by namespace. */", "export class Creditd extends Client {")
        source.indented { body in
            for namespace in model.namespaces {
                let name = TypeScriptMethods.className(of: namespace.name)
                body.line("readonly \(TypeScriptText.key(namespace.name)) = new \(name)(this);")
            }
        }
        source.line("}")
    }
}
