/// The params and the class of one namespace's methods.
struct TypeScriptMethods {
    let namespace: String
    let methods: [ClientMethod]

    static func className(of namespace: String) -> String { "\(SchemaTypes.pascalCase(namespace))Methods" }

    func write(to source: inout Source) {
        for method in methods { writeParams(of: method, to: &source) }
        source.line("", "/** The methods `\(namespace).*`. */")
        source.line("export class \(Self.className(of: namespace)) {")
        source.indented { body in
            // Node strips types, but not a constructor's parameter that is a property too.
            body.line("private readonly client: Client;", "", "constructor(client: Client) {")
            body.indented { $0.line("this.client = client;") }
            body.line("}")
            for method in methods { write(method, to: &body) }
        }
        source.line("}")
    }

    private static func paramsName(_ method: ClientMethod) -> String {
        "\(SchemaTypes.pascalCase(method.name))Params"
    }

    private func writeParams(of method: ClientMethod, to source: inout Source) {
        guard case .members(let lists, let all) = method.params, !all.isEmpty else { return }
        source.line("", "/** The params of `\(method.name)`. */")
        let name = Self.paramsName(method)
        if lists.count == 1 {
            source.line("export interface \(name) {")
            source.indented { TypeScriptType.write(all.inOrder, isInput: true, to: &$0) }
            return source.line("}")
        }
        source.line("export type \(name) =")
        for (index, list) in lists.enumerated() {
            source.indented { branch in
                branch.line("| {")
                branch.indented { members in
                    members.indented { TypeScriptType.write(list.inOrder, isInput: true, to: &$0) }
                }
                branch.line("  }\(index == lists.count - 1 ? ";" : "")")
            }
        }
    }

    private func write(_ method: ClientMethod, to source: inout Source) {
        let options = "options: \(method.takesKey ? "WriteOptions" : "CallOptions") = {}"
        var (parameters, params) = (["params: object", options], "params")
        if case .members(_, let all) = method.params {
            // Params of which none must be given can be left out.
            let isOptional = !all.contains(where: \.isRequired)
            let list = all.isEmpty ? [] : ["params: \(Self.paramsName(method))\(isOptional ? " = {}" : "")"]
            (parameters, params) = (list + [options], all.isEmpty ? "undefined" : "params")
        }
        let result = TypeScriptType.text(method.result)
        let passed = method.isRepeatable ? "{ ...options, isRepeatable: true }" : "options"
        let raised = method.errors.map(\.className).joined(separator: ", ")
        source.line("")
        TypeScriptText.write(
            comment: method.summary + (raised.isEmpty ? "" : " Fails with \(raised)."), to: &source)
        source.line(
            "async \(TypeScriptText.key(method.shortName))(\(parameters.joined(separator: ", "))): "
                + "Promise<\(result)> {")
        source.indented { body in
            body.line(
                "const result = await this.client.call(\(TypeScriptText.literal(method.name)), \(params), \(passed));")
            body.line("return result as \(result);")
        }
        source.line("}")
    }
}
