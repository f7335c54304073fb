/// One call in each form in which it can be made. The script shows examples in these forms too.
enum CallForms {
    static let section: HTML = """
        <div class=x id=forms data-meta='\(HTML(raw: meta))'><h5>Shell</h5>\
        <pre>creditd call person.get '{"cpf":"52998224725","purpose":"credit_protection"}'</pre>
        <h5>Pipe</h5><pre>creditd &lt;&lt; 'END'
        {"jsonrpc":"2.0","id":1,"method":"person.get","params":{"cpf":"52998224725","purpose":"credit_protection"}}
        END</pre>
        <h5>Python</h5><pre># creditd client python > creditd.py
        import asyncio
        from creditd import Creditd

        async def main():
            async with Creditd() as creditd:
                print(await creditd.person.get(cpf="52998224725", purpose="credit_protection"))

        asyncio.run(main())</pre>
        <h5>Node</h5><pre>// creditd client typescript > creditd.mts
        import { Creditd } from "./creditd.mjs";

        const creditd = await new Creditd().open();
        console.log(await creditd.person.get({ cpf: "52998224725", purpose: "credit_protection" }));
        await creditd.close();</pre>
        <h5>MCP</h5>\
        <pre>{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"person_get","arguments":\
        {"cpf":"52998224725","purpose":"credit_protection"},"_meta":\(meta)}}</pre></div>
        """

    /// What each stateless request of MCP states (2026-07-28, basic: `_meta`).
    private static let meta = """
        {"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}
        """
}
