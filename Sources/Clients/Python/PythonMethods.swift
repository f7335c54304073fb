/// The class of one namespace's methods, for asyncio or plain.
struct PythonMethods {
    let namespace: String
    let methods: [ClientMethod]
    let isAsync: Bool

    static func className(of namespace: String, isAsync: Bool) -> String {
        "\(SchemaTypes.pascalCase(namespace))Methods\(isAsync ? "" : "Sync")"
    }

    func write(to source: inout Source) {
        let client = isAsync ? "AsyncClient" : "SyncClient"
        source.line("", "", "class \(Self.className(of: namespace, isAsync: isAsync)):")
        source.indented { body in
            body.line("\"\"\"The methods `\(namespace).*`.\"\"\"", "", "def __init__(self, client: \(client)) -> None:")
            body.indented { $0.line("self._client: \(client) = client") }
            for method in methods { write(method, to: &body) }
        }
    }

    private func write(_ method: ClientMethod, to source: inout Source) {
        switch method.params {
        case .whole:
            let parameter = "params: Mapping[str, object] | Sequence[object]"
            write(method, [parameter], passing: "params", to: &source)
        case .members(let lists, let all):
            if lists.count > 1 {
                for list in lists {
                    source.line("", "@overload")
                    writeSignature(method, ["*"] + list.inOrder.map(Self.parameter), to: &source, body: " ...")
                }
            }
            let fields = all.inOrder
            let given = fields.map { "\(PythonText.name($0.name))=\(PythonText.name($0.name))" }
            write(
                method, (fields.isEmpty ? [] : ["*"]) + fields.map(Self.parameter),
                passing: given.isEmpty ? nil : "given(\(given.joined(separator: ", ")))", to: &source)
        }
    }

    private func write(
        _ method: ClientMethod, _ parameters: [String], passing params: String?, to source: inout Source
    ) {
        source.line("")
        writeSignature(method, parameters, to: &source, body: "")
        source.indented { body in
            let raised = method.errors.map(\.className)
            let text = raised.isEmpty ? "" : " Raises \(raised.joined(separator: ", "))."
            PythonText.write(docstring: method.summary + text, to: &body)
            body.line("result = \(isAsync ? "await " : "")self._client.call(")
            body.indented { call in
                call.line("\(PythonText.literal(method.name)),")
                if let params {
                    for line in call.wrapped("\(params),", margin: 0) { call.line(line) }
                }
                call.line("timeout=timeout,")
                if method.takesKey { call.line("idempotency_key=idempotency_key,") }
                call.line("on_progress=on_progress,")
                if method.isRepeatable { call.line("is_repeatable=True,") }
            }
            body.line(")", "return cast(\"\(PythonType.text(method.result).replacing("\"", with: "'"))\", result)")
        }
    }

    private func writeSignature(
        _ method: ClientMethod, _ parameters: [String], to source: inout Source, body: String
    ) {
        source.line("\(isAsync ? "async " : "")def \(PythonText.name(method.shortName))(")
        source.indented { list in
            list.line("self,")
            for parameter in parameters { list.line("\(parameter),") }
            if parameters.first != "*" { list.line("*,") }
            list.line("timeout: float | None = None,")
            if method.takesKey { list.line("idempotency_key: str | None = None,") }
            list.line("on_progress: Callable[[Progress], None] | None = None,")
        }
        source.line(") -> \(PythonType.text(method.result)):\(body)")
    }

    private static func parameter(_ field: ClientField) -> String {
        let type = PythonType.text(field.type, isInput: true)
        return "\(PythonText.name(field.name)): \(field.isRequired ? type : "\(type) | None = None")"
    }
}

extension [ClientField] {
    /// Those that must be given come first.
    var inOrder: [ClientField] { filter(\.isRequired) + filter { !$0.isRequired } }
}
