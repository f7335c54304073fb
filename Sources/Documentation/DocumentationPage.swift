import Bureau
import JSON
import JSONRPC
import Methods

/// The page of `creditd docs`: one file that a browser shows without a network, and without its script too.
///
/// The script adds search, keys, tabs of other languages and a form; each is made of what the page already says.
public struct DocumentationPage {
    /// A tool by which assistants call a method.
    public struct Tool: Sendable {
        let name: String
        let effect: Effect

        public enum Effect: String, Sendable { case reads, writes, deletes }

        public init(name: String, effect: Effect) {
            self.name = name
            self.effect = effect
        }
    }

    /// The tools by their methods.
    let tools: [String: Tool]
    let contracts: [Contract]
    let types: [(name: String, document: Document)]
    let policy: PolicyFile
    let version: String
    let given: GivenCalls

    /// `version` is the program's.
    public init(
        contracts: ContractSet, version: String, tools: [String: Tool] = [:]
    ) throws(ContractSet.LoadError) {
        self.contracts = contracts.contracts
        types = contracts.types
        policy = try contracts.policyFile()
        self.version = version
        self.tools = tools
        given = GivenCalls(of: contracts.contracts)
    }

    /// The whole file.
    public var text: String {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        let page: HTML = """
            <!doctype html>
            <html lang=en><head><meta charset=utf-8>
            <meta http-equiv=Content-Security-Policy content="\(attribute: policy)">
            <meta name=viewport content="width=device-width,initial-scale=1">
            <title>creditd \(version)</title>
            <style>\(style)</style></head><body>
            <a class=skip href=#main>To the text</a>
            <nav aria-label=Contents>\(navigation)</nav>
            <main id=main>\(start)\(methods)\(typeSections)\(errors)\(purposes)\(given.section)</main>
            <script>"use strict";\(script)</script></body></html>

            """
        return page.text
    }

    /// The files of the script, in the order in which they use each other, without what only its readers need.
    private var script: HTML {
        let files = ["page.js", "schemas.js", "examples.js", "navigation.js", "form.js"].map { file($0) }
        var text = files.joined("\n").text
        for sign in ["=>", "===", "!==", "&&", "||", "?", ":", "="] { text.replace(" \(sign) ", with: sign) }
        for sign in ["{", "(", ",", ";"] { text.replace("\(sign)\n", with: sign) }
        for sign in ["{", "),", "],", "},"] { text.replace("\(sign) ", with: sign) }
        text.replace(" }", with: "}")
        return HTML(raw: text.replacing(") {", with: "){"))
    }

    /// The style without the spaces that mean nothing in it.
    private var style: HTML {
        var text = file("page.css").text.replacing("\n", with: "")
        for sign in ["{", "}", ">"] { text.replace(" \(sign)", with: sign) }
        for sign in [":", ";", ",", "{", "}", ">"] { text.replace("\(sign) ", with: sign) }
        return HTML(raw: text.replacing(";}", with: "}"))
    }

    /// A file of `Page/`, without the white space at the beginning of lines.
    private func file(_ path: String) -> HTML {
        guard let file = PageFile.all.first(where: { $0.path == path }) else { return "" }
        let lines = "\(file.text)".split(separator: "\n").map { $0.drop { $0 == " " } }
        return HTML(raw: lines.filter { !$0.hasPrefix("//") }.joined(separator: "\n"))
    }

    /// The namespaces with their methods, in the order of names.
    var namespaces: [(name: String, contracts: [Contract])] {
        var namespaces: [(name: String, contracts: [Contract])] = []
        for contract in contracts {
            let name = String(contract.method.prefix { $0 != "." })
            if namespaces.last?.name == name {
                namespaces[namespaces.count - 1].contracts.append(contract)
            } else {
                namespaces.append((name, [contract]))
            }
        }
        return namespaces
    }

    private var navigation: HTML {
        let methods = namespaces.map { namespace in
            let links = namespace.contracts.map { contract in
                "<li><a href=#\(contract.method)>\(contract.method.drop { $0 != "." }.dropFirst())</a>" as HTML
            }
            return "<h2>\(namespace.name)</h2><ul>\(links.joined())</ul>\n" as HTML
        }
        return """
            <input type=checkbox id=menu><label for=menu>creditd \(version)</label>
            <div id=contents>
            <p id=tools hidden><input type=search id=search placeholder="Search   /" aria-label=Search>
            <ul class=top><li><a href=#start>Calling</a><li><a href=#errors>Errors</a><li><a href=#purposes>Purposes</a>
            <li><a href=#types>Types</a></ul>
            \(methods.joined())</div>
            """
    }

    /// How a request looks, for each way to send it.
    private var start: HTML {
        """
        <header id=start><h1>creditd \(version)</h1>
        <p>A credit bureau's data from three stores, as JSON-RPC 2.0: one request a line on stdin, one answer a line \
        on stdout. Params are by name, money is in centavos, times are RFC 3339 in UTC, a CPF is eleven digits.
        \(CallForms.section)
        <h3>Beside the params</h3>
        <p>A request may have <code>meta</code>:
        <dl><dt>deadlineMs<dd>integer <p>Answered with <a href=#deadline_exceeded>1007</a> when the time has \
        passed.
        <dt>idempotencyKey<dd>string, 1 to 64 characters <p>Of a method that writes: the same request under its key \
        is done once, and answered as before, for eight days.
        <dt>dryRun<dd>boolean <p>Validated and authorised; no store is asked.
        <dt>workDoneToken<dd>string or integer <p><code>$/progress</code> tells how far the request is.
        <dt>traceparent<dd>string <p>Of W3C Trace Context; one of another form is ignored.
        <dt>tracestate<dd>anything <p>Not read.</dl>
        <p>The notification <code>$/cancelRequest</code> with the params <code>{"id": 7}</code> cancels request 7.
        <p id=keys hidden><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next and previous · <kbd>Enter</kbd> open \
        and close its examples · <kbd>c</kbd> copy</p></header>

        """
    }

    /// The shared schemas, each a section of its own.
    private var typeSections: HTML {
        let sections = types.map { type in
            let root = type.document.root
            let name = OpenRPCDocument.componentName(type.name)
            return "<h3 id=\(name)>\(name)</h3><p>\(SchemaMarkup.kind(root))\(SchemaMarkup.details(root))\n" as HTML
        }
        return """
            <h2 id=types>Types</h2><p>A star marks what has to be there. The types lie in <code>schema/types/</code>, \
            and are the components of OpenRPC.
            \(sections.joined())
            """
    }
}
