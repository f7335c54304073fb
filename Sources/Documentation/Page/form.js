// The form of a method, made of the schema of its params. It writes a request's line, and sends nothing.
const choice = values => make("select", null, ...["", ...values].map(value => make("option", { value }, value)));
// A field is its elements, what reads its value, undefined when nothing was entered, and the value's own text.
const textOf = field => field.text ? field.text() : JSON.stringify(field.read() ?? null);
const field = (given, name, isNeeded, pointer) => {
  let schema = target(given);
  name += isNeeded ? "*" : "";
  const branches = schema.anyOf || (schema.type ? null : schema.oneOf);
  let mayBeNull = [schema.type].flat().includes("null");
  if (branches && !schema.properties) {
    mayBeNull ||= branches.some(part => target(part).type === "null");
    schema = target(branches.find(part => target(part).type !== "null"));
  }
  const type = [schema.type].flat().find(type => type !== "null");
  const label = (...inner) => make("label", null, make("span", { textContent: name }), ...inner);
  const simple = (input, read, isText) => {
    input.dataset.at = pointer;
    const none = mayBeNull && make("input", { type: "checkbox" });
    const box = none ? make("label", { className: "null" }, none, "null: remove it") : "";
    return {
      element: make("div", null, label(input), box),
      read: () => none && none.checked ? null : input.value === "" ? undefined : read(input.value),
      // No number is rounded on its way, and none loses its zeros.
      text: isText && (() => none && none.checked ? "null" : input.value.replace(/\s*[\r\n]\s*/g, " ")),
    };
  };
  if (schema.enum?.length === 1) return { element: "", read: () => schema.enum[0], isFixed: true };
  if (schema.enum) {
    return simple(choice(schema.enum), text => text);
  }
  if (type === "boolean") {
    return simple(choice(["true", "false"]), text => text === "true");
  }
  if (type === "integer" || type === "number") {
    const hint = schema.maximum === undefined ? type : `${schema.minimum ?? ""} … ${schema.maximum}`;
    return simple(make("input", { inputMode: "numeric", placeholder: hint, autocomplete: "off" }),
      text => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text, true);
  }
  if (type === "string") {
    const hint = formats[schema.format]?.[1] || "";
    return simple(make("input", { placeholder: hint, autocomplete: "off" }), text => text);
  }
  if (type === "array" && schema.items) {
    const list = make("div"), items = [];
    const more = make("button", {
      type: "button", textContent: "Add", onclick: () => {
        const item = field(schema.items, `${items.length + 1}`, true, `${pointer}/${items.length}`);
        const drop = make("button", { type: "button", textContent: "Remove" });
        const row = make("div", null, item.element, drop);
        drop.onclick = () => {
          row.remove();
          items.splice(items.indexOf(item), 1);
          more.form.oninput();
        };
        items.push(item);
        list.append(row);
        more.form.oninput();
      },
    });
    return {
      element: make("fieldset", null, make("legend", { textContent: name }), list, more),
      read: () => items.length ? items.map(item => item.read() ?? null) : isNeeded ? [] : undefined,
      text: () => `[${items.map(textOf)}]`,
    };
  }
  if (schema.properties || schema.oneOf) return objectField(schema, name, isNeeded, pointer);
  const area = make("textarea", { rows: 3, placeholder: "{}" });
  return simple(area, text => { try { return JSON.parse(text); } catch { return Symbol(); } }, true);
};
const objectField = (schema, name, isNeeded, pointer) => {
  const box = make(name ? "fieldset" : "div"), body = make("div");
  let fields = [];
  const fill = shape => {
    const parts = Object.entries(shape.properties || {}).filter(([, part]) => part !== false);
    const needed = [...(shape.required || []), ...(schema.required || [])];
    fields = parts.map(([key, part]) => [key, field(part, key, needed.includes(key), `${pointer}/${key}`)]);
    body.replaceChildren(...fields.map(([, part]) => part.element));
  };
  if (name) box.append(make("legend", { textContent: name }));
  const shapes = (schema.oneOf || []).map(target).filter(shape => shape.properties);
  if (shapes.length) {
    const title = shape => Object.values(shape.properties).find(part => part.enum?.length === 1)?.enum[0] ?? "form";
    const select = make("select", { onchange: () => { fill(shapes[select.selectedIndex]); select.form?.oninput(); } },
      ...shapes.map(shape => make("option", null, title(shape))));
    box.append(select);
  }
  fill(shapes[0] || schema);
  box.append(body);
  return {
    element: box,
    read: () => {
      const value = {};
      let isEmpty = true;
      for (const [key, part] of fields) {
        const own = part.read();
        if (own === undefined) continue;
        value[key] = own;
        isEmpty &&= !!part.isFixed;
      }
      return isEmpty && !isNeeded ? undefined : value;
    },
    text: () => `{${fields.filter(([, part]) => part.read() !== undefined)
      .map(([key, part]) => `${JSON.stringify(key)}:${textOf(part)}`)}}`,
  };
};
const buildForm = method => {
  const schema = paramsOf(at(method));
  const root = schema.properties ? objectField(schema, "", true, "") : field(schema, "params", true, "");
  const told = make("ul", { role: "status" }), line = make("pre", { hidden: true });
  const button = make("button", { type: "button", className: "copy", textContent: "Copy", hidden: true });
  button.onclick = () => copy(line.textContent, button);
  const form = make("form", { ariaLabel: `Request of ${method}`, onsubmit: event => event.preventDefault() },
    root.element, told, line, button,
    make("p", null, "Rules that look at the clock, at stored records or at several members are the daemon's."));
  form.oninput = () => {
    const params = root.read() ?? {}, found = flaws(schema, params), seen = new Map(found);
    for (const input of all("[data-at]", form)) {
      input.setAttribute("aria-invalid", input.value !== "" && seen.has(input.dataset.at));
    }
    told.replaceChildren(...[...seen].slice(0, 6).map(([place, words]) =>
      make("li", null, `${place.slice(1) || "params"}: ${words}`)));
    line.hidden = button.hidden = !!found.length;
    line.textContent = found.length ? ""
      : `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${root.read() === undefined ? "{}" : textOf(root)}}`;
  };
  form.oninput();
  return form;
};
for (const section of methods) {
  const title = one("div + div h4", section);
  title.append(make("button", {
    type: "button", className: "build", textContent: "Build a request", ariaExpanded: "false",
    onclick: event => {
      let form = one("form", section);
      if (!form) title.after(form = buildForm(section.id)); else form.hidden = !form.hidden;
      event.target.ariaExpanded = String(!form.hidden);
      if (!form.hidden) one("input, select, textarea", form)?.focus();
    },
  }));
}
