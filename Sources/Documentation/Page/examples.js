// Examples: each is made a part that opens, with the calls that come first and its own, in several forms.
const piece = node => node.nodeName === "VAR" ? { shown: node.textContent, source: node.title } : { shown: node.data };
const callOf = (method, pre) => ({ method, params: [...pre.childNodes].map(piece) });
const plain = call => call.params.map(part => part.shown).join("");
// The same with a value that an earlier answer tells between marks.
const marked = call => call.params.map(part => part.source ? `\x01${part.source}\x02${part.shown}\x01` : part.shown)
  .join("");
// The params with an expression in place of each value that an earlier answer tells.
const taking = (call, index) => {
  const step = (name, depth) => !depth ? `a${+name + 1}` : /^\d+$/.test(name) ? `[${name}]` : index(name);
  return call.params.map(part => part.source?.slice(1).split("/").map(step).join("") || part.shown).join("");
};
// The members of a JSON object's text, each with the text of its value.
const membersOf = text => {
  const found = [];
  let depth = 0, start = 1, part = /"(?:[^"\\]|\\.)*"|[\[\]{},]/g, token;
  while ((token = part.exec(text))) {
    const mark = token[0];
    if ("[{".includes(mark)) depth++;
    if (mark === "," && depth === 1 || "}]".includes(mark) && --depth === 0) {
      const member = text.slice(start, token.index);
      const cut = /^"((?:[^"\\]|\\.)*)":/.exec(member);
      if (cut) found.push([cut[1], member.slice(cut[0].length)]);
      start = token.index + 1;
    }
  }
  return found;
};
const python = text => text.replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g,
  token => ({ true: "True", false: "False", null: "None" })[token] || token);
const keyword = name => /^(from|in|is|not|class|global|import|as|pass|def|del|if)$/.test(name) ? name + "_" : name;

// The arguments of a tool: each that reads is told a purpose.
const purposeful = call => {
  const { properties, required } = paramsOf(at(call.method)), text = marked(call);
  const isTold = !properties?.purpose || required.includes("purpose") || text.includes('"purpose":');
  const comma = text === "{}" ? "" : ",";
  return isTold ? text : text.slice(0, -1) + comma + '"purpose":"credit_protection"}';
};
const plainLine = (call, index) =>
  `{"jsonrpc":"2.0","id":${index + 1},"method":"${call.method}","params":${marked(call)}}`;

const forms = {
  Shell: calls => calls.map(call => `creditd call ${call.method} '${marked(call).replaceAll("'", "'\\''")}'`).join("\n"),
  Pipe: calls => calls.map(plainLine).join("\n"),
  Python: calls => {
    const lines = calls.map((call, index) => {
      const text = taking(call, step => `["${step}"]`);
      const isByName = paramsOf(at(call.method)).properties;
      const given = isByName
        ? membersOf(text).map(([name, value]) => `${keyword(name)}=${python(value)}`).join(", ") : python(text);
      const asked = `await creditd.${call.method}(${given})`;
      return "        " + (index < calls.length - 1 ? `a${index + 1}\x20=\x20${asked}` : `print(${asked})`);
    });
    return ["import asyncio", "from creditd import Creditd", "", "async def main():",
      "    async with Creditd() as creditd:", ...lines, "", "asyncio.run(main())"].join("\n");
  },
  Node: calls => calls.map((call, index) => {
    const text = taking(call, step => "." + step);
    const given = text[0] === "{"
      ? membersOf(text).map(([name, value]) => `${name}: ${value}`).join(", ") : "";
    return `const ${index < calls.length - 1 ? "a" + (index + 1) : "answer"}\x20=\x20await creditd.${call.method}(`
      + (given ? `{\x20${given}\x20}` : text === "{}" ? "" : text) + ");";
  }).join("\n"),
  // What no tool does comes as a plain line, because the daemon takes both.
  MCP: calls => at(calls.at(-1).method).dataset.tool && calls.map((call, index) => {
    const { tool, effect } = at(call.method).dataset;
    const meta = one("#forms").dataset.meta.replace("{}", effect === "deletes" ? '{"elicitation":{}}' : "{}");
    return tool ? `{"jsonrpc":"2.0","id":${index + 1},"method":"tools/call","params":{"name":"${tool}","arguments":`
      + `${purposeful(call)},"_meta":${meta}}}` : plainLine(call, index);
  }).join("\n"),
};
let chosen = "Pipe";

const copy = async (text, button) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  if (button) {
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1200);
  }
};
const show = example => {
  const shown = example.forms[chosen] ? chosen : "Pipe";
  const notes = [];
  example.pre.replaceChildren(...example.forms[shown].split("\x01").map(text => {
    const [source, value] = text.split("\x02");
    if (!value) return text;
    const [, step, ...path] = source.split("/"), title = `${path.join(".")} of answer ${+step + 1}`;
    const note = `Replace ${value} by ${title}.`;
    if (!notes.includes(note)) notes.push(note);
    return make("var", { title }, value);
  }));
  const isTool = shown === "MCP", effects = example.calls.map(call => at(call.method).dataset.effect);
  if (isTool) {
    if (effects.some(effect => effect)) notes.push("It needs creditd --mcp-tools write.");
    if (example.calls.some(call => ["profile.put", "profile.update"].includes(call.method)))
      notes.push("A profile with what a model is not shown is written over only with --mcp-reveal text,street,birthDate.");
    notes.push(effects.at(-1) === "deletes" ? "The result asks for the user's consent first." : example.isError
      ? "The result has isError and tells this error as a text."
      : "The result tells a model what the other tabs show, with personal values masked or left out.");
  }
  example.notes.replaceChildren(...notes.map(note => make("p", null, note)));
  example.answer.hidden = isTool && !example.isError;
  for (const tab of all("[role=tab]", example)) {
    tab.setAttribute("aria-selected", tab.textContent === shown);
    tab.tabIndex = tab.textContent === shown ? 0 : -1;
  }
};
const copyButton = pre => {
  const button = make("button", { type: "button", className: "copy", textContent: "Copy" });
  button.onclick = () => copy(pre.textContent, button);
  return button;
};
const tabsOf = example => {
  const tabs = make("div", { className: "tabs", role: "tablist" });
  for (const name of Object.keys(forms).filter(name => example.forms[name])) {
    tabs.append(make("button", {
      type: "button", role: "tab", textContent: name,
      onclick: () => {
        chosen = name;
        all("details.example").filter(other => other.forms).forEach(show);
      },
      onkeydown: event => {
        const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
        const next = step && event.target[step];
        if (next?.role === "tab") { next.focus(); next.click(); }
      },
    }));
  }
  tabs.append(copyButton(example.pre));
  return tabs;
};
const prepare = example => {
  if (example.forms) return;
  const calls = all("a[href^='#g']", example).map(link => {
    const title = at(link.hash.slice(1));
    return callOf(title.textContent, title.nextElementSibling);
  });
  calls.push(callOf(example.closest("section").id, example.pre));
  // Numbers that other languages cannot hold are shown as text alone.
  const isExact = !calls.some(call => /\d{17}|\de\d{3}/.test(plain(call).replace(/"(?:[^"\\]|\\.)*"/g, "")));
  const usable = Object.entries(forms).filter(([name]) => isExact || name === "Shell" || name === "Pipe");
  example.forms = Object.fromEntries(usable.map(([name, form]) => [name, form(calls)]));
  example.calls = calls;
  example.notes = make("div");
  example.pre.before(tabsOf(example));
  example.pre.after(example.notes);
  show(example);
};
for (const section of methods) {
  all("h5", section).forEach((title, place) => {
    const parts = [];
    for (let next = title.nextSibling; next && next.nodeName !== "H5"; next = next.nextSibling) parts.push(next);
    const example = make("details", { id: `${section.id}/${place + 1}`, className: "example" });
    title.before(example);
    example.append(make("summary", null, title.textContent), ...parts);
    title.remove();
    example.pre = one("pre", example);
    const answer = example.answer = one("pre ~ pre, pre ~ p", example), error = /^(-?\d+) (\w+)/.exec(answer.textContent);
    example.isError = !!error && answer.nodeName === "P";
    if (!example.isError) answer.className = "answer";
    else answer.replaceChildren("error ", error[1], " ", make("a", { href: "#" + error[2] }, error[2]));
    example.ontoggle = () => example.open && prepare(example);
    example.open = place === 0;
    if (example.open) prepare(example);
  });
}
for (const title of all("#forms h5")) {
  const id = "start/" + title.textContent.toLowerCase();
  const block = make("details", { open: title.textContent === "Shell", id });
  const pre = title.nextElementSibling;
  title.before(block);
  block.append(make("summary", null, title.textContent), make("div", { className: "tabs" }, copyButton(pre)), pre);
  title.remove();
}
addEventListener("beforeprint", () => all("details").forEach(part => { part.open = true; }));
