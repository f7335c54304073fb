import Bureau
import JSON
import Methods

/// The sections of methods: what each does, takes and answers, with its examples beside it.
extension DocumentationPage {
    var methods: HTML {
        namespaces.map { namespace in
            "<h2 id=\(namespace.name)>\(namespace.name)</h2>\n\(namespace.contracts.map(section).joined())" as HTML
        }.joined()
    }

    private func section(of contract: Contract) -> HTML {
        let root = contract.document.root
        let method = contract.method
        let tool: HTML =
            tools[method].map { tool in
                let effect: HTML = tool.effect == .reads ? "" : " data-effect=\(tool.effect.rawValue)"
                return " data-tool=\(tool.name)\(effect)"
            } ?? ""
        var text: HTML = "<h3>\(method)</h3><p>\(contract.summary)"
        if let description = root["description"]?.string { text += "<p>\(description)" }
        text += access(of: contract)
        text += "<h4>Params</h4>"
        if let params = root["params"] {
            let details = SchemaMarkup.details(params, required: contract.neededParams)
            text += details.isEmpty ? "<p>\(isClosed(params) ? "none" : SchemaMarkup.kind(params))" : details
        }
        if let result = root["result"] {
            text += "<h4>Result</h4><p>\(SchemaMarkup.kind(result))\(SchemaMarkup.details(result))"
        }
        if !contract.errors.isEmpty {
            text += "<h4>Errors</h4><p>\(contract.errors.joined(separator: " "))"
        }
        let examples = contract.examples.map(example)
        return """
            <section id=\(method)\(tool)><div>\(text)</div>
            <div><h4>Examples</h4>\(examples.joined())</div></section>

            """
    }

    /// Whether an object may have no members.
    private func isClosed(_ params: Value) -> Bool { params["additionalProperties"]?.bool == false }

    /// What the method shows and changes, and for which purposes it can be called.
    private func access(of contract: Contract) -> HTML {
        var lines: [HTML] = []
        for (label, groups) in [("Shows", contract.shown), ("Changes", contract.changed)] where !groups.isEmpty {
            lines.append("<b>\(label)</b> \(groups.joined(separator: ", "))")
        }
        if let duty = contract.duty { lines.append("<b>Duty</b> \(duty)") }
        let purposes = contract.purposes(by: policy.policy)
        if purposes.count == policy.purposes.count {
            lines.append("<b>Purposes</b> <a href=#purposes>any</a>")
        } else if !purposes.isEmpty {
            let links = purposes.map { "<a href=#\($0.rawValue)>\($0.rawValue)</a>" as HTML }
            lines.append("<b>Purposes</b> \(links.joined(", "))")
        }
        return lines.isEmpty ? "" : "<p class=access>\(lines.joined("<br>"))"
    }

    /// An example: what comes first, the params, and the answer. The script puts the rest of the request's line around
    /// the params.
    private func example(_ example: ContractExample) -> HTML {
        let answer: HTML
        switch example.answer {
        case .result(let value):
            let varying = JSONMarkup(marks: Dictionary(example.varies.map { ($0, "") }) { first, _ in first })
            answer = "<pre>\(varying.lines(value))</pre>"
        case .error(let code, let reason): answer = "<p>\(code) \(reason)"
        }
        let links = given.links(to: example)
        let first: HTML = links.isEmpty ? "" : "<p>after \(links)"
        return """
            <h5>\(example.name)</h5>\(first)<pre>\(GivenCalls.params(example.call))</pre>\
            \(answer)

            """
    }
}
