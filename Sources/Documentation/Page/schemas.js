// Formats, the schemas that the page tells, and what of a value they refuse.
const digitsOf = (text, weights) => {
  const sum = weights.reduce((sum, weight, place) => sum + weight * (text.charCodeAt(place) - 48), 0) % 11;
  return sum < 2 ? 0 : 11 - sum;
};
const hasCheckDigits = (text, first) => {
  const base = text.slice(0, first.length), one = digitsOf(base, first);
  const second = first.length === 9 ? [11, ...first] : [6, ...first];
  return text === base + one + digitsOf(base + one, second);
};
const isDay = text => {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return !!day && +day[1] > 0 && new Date(text + "T00:00:00Z").toJSON()?.slice(0, 10) === text;
};
const looks = pattern => text => pattern.test(text);
const formats = {
  cpf: [text => {
    const digits = /^\d{3}\.\d{3}\.\d{3}-\d\d$/.test(text) ? text.replace(/\D/g, "") : text;
    return /^\d{11}$/.test(digits) && !/^(\d)\1*$/.test(digits) && hasCheckDigits(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]);
  }, "52998224725"],
  cnpj: [text => {
    const digits = text.replace(/[./-]/g, "").toUpperCase();
    return /^[0-9A-Z]{12}\d\d$/.test(digits) && hasCheckDigits(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
  }, "16727230000197"],
  date: [isDay, "2026-11-30"],
  "date-time": [text => {
    const time = /^([^T]+)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i.exec(text);
    return !!time && isDay(time[1]);
  }, "2026-11-30T12:00:00Z"],
  uuid: [looks(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i), "019ab0f2-6c1e-7b3a-8d4f-0123456789ab"],
  cep: [looks(/^\d{5}-?\d{3}$/), "01310-100"], "postal-code": [looks(/^.{1,16}$/), "01310-100"],
  uf: [looks(/^(A[CLMP]|BA|CE|DF|ES|GO|M[AGST]|P[ABEIR]|R[JNORS]|S[CEP]|TO)$/i), "SP"],
  phone: [looks(/^\+[1-9]\d{7,14}$/), "+5511912345678"], country: [looks(/^[a-z]{2}$/i), "BR"],
  email: [looks(/^[^\s@"]+@[^\s@]+\.[^\s@]+$/), "ana@example.com"], mcc: [looks(/^\d{4}$/), "5411"],
  "card-last4": [looks(/^\d{4}$/), "0042"], "event-id": [looks(/^[\w.:-]{1,64}$/), "E2E-20261130.1"],
  text: [text => /\S/.test(text) && !/[\p{C}\u2028\u2029]/u.test(text), ""],
};
const typeOf = value => value === null ? "null" : Array.isArray(value) ? "array"
  : Number.isInteger(value) ? "integer" : typeof value;
// The schemas, read from the page: the words of a kind, and the lists of members under it.
const limit = (schema, part) => {
  const found = /^(?:(-?\d+) to |(at least|at most) )?(-?\d+)( \w+)?$/.exec(part);
  if (part === "no two alike") schema.uniqueItems = true;
  else if (!found && !/^default/.test(part)) schema.format = part;
  if (!found) return schema;
  const [, from, word, number, unit] = found;
  const kind = { " characters": "Length", " items": "Items", " members": "Properties" }[unit] || "imum";
  const [least, most] = ["min" + kind, "max" + kind];
  if (word !== "at most") schema[least] = +(from ?? number);
  if (word !== "at least") schema[most] = +number;
  return schema;
};
const schemaIn = words => {
  const [head, ...rest] = words.split(", "), isOfList = part => /items$|^no two/.test(part);
  if (head.startsWith("list of ")) {
    const items = schemaIn([head.slice(8), ...rest.filter(part => !isOfList(part))].join(", "));
    return rest.filter(isOfList).reduce(limit, { type: "array", items });
  }
  const names = head.split(" or ");
  if (names.length > 1 && /[@{]/.test(head)) return { anyOf: names.map(schemaIn) };
  if (head[0] === "@") return { $ref: head.slice(1) };
  if (head[0] === "{") return { enum: head.slice(1, -1).split(" ").map(word => word === "true" || word) };
  return rest.reduce(limit, head === "anything" ? {} : { type: names });
};
// A schema from the nodes that tell its kind, and the elements behind them.
const schemaOf = (words, parts) => {
  const kind = words.map(node => node.nodeName === "A" ? "@" + node.textContent : node.nodeName === "CODE"
    ? `{${node.textContent}}` : node.textContent).join("").trim();
  const schema = schemaIn(kind || "object");
  const shapes = parts.filter(part => part.nodeName === "DL").map(list => {
    const names = all(":scope > dt", list);
    return {
      type: "object",
      required: names.map(name => name.textContent).filter(name => name.endsWith("*")).map(name => name.slice(0, -1)),
      properties: Object.fromEntries(names.map(name => {
        const nodes = [...name.nextElementSibling.childNodes];
        const end = nodes.findIndex(node => /^(P|DL)$/.test(node.nodeName));
        const cut = end < 0 ? nodes.length : end;
        return [name.textContent.replace("*", ""), schemaOf(nodes.slice(0, cut), nodes.slice(cut))];
      })),
    };
  });
  const rule = parts.find(part => part.dataset?.rule);
  const [own, ...branches] = shapes, inner = schema.type === "array" ? schema.items : schema;
  if (own) Object.assign(inner, own, branches.length && { oneOf: branches });
  if (rule) Object.assign(inner, JSON.parse(rule.dataset.rule));
  return schema;
};
// What the daemon's rules ask for and no schema tells.
const rules = {
  Address: {
    if: { properties: { country: { enum: ["BR", "br", "Br", "bR"] } } },
    then: { required: ["postalCode", "state"], properties: { postalCode: { format: "cep" }, region: false } },
    else: { properties: { state: false } },
  },
};
const known = {};
const typeNamed = name => {
  const [, words, ...parts] = at(name).children;
  return known[name] ||= Object.assign(schemaOf([...words.childNodes], parts), rules[name]);
};
const target = schema => schema?.$ref ? typeNamed(schema.$ref) : schema;
const paramsOf = section => {
  const parts = [];
  for (let next = one("h4", section).nextElementSibling; next && next.nodeName !== "H4";) {
    parts.push(next);
    next = next.nextElementSibling;
  }
  if (parts[0].textContent === "none") return { type: ["object"], properties: {} };
  const isWords = parts[0].nodeName === "P" && !parts[0].className;
  return isWords ? schemaOf([...parts[0].childNodes], parts.slice(1)) : schemaOf([], parts);
};
// What of a value a schema refuses: pairs of pointer and words.
const flaws = (schema, value, pointer = "") => {
  if (schema === true || schema === undefined) return [];
  if (schema === false) return [[pointer, "must not be there"]];
  const found = [], type = typeOf(value);
  const add = (words, name) => found.push([name ? `${pointer}/${name}` : pointer, words]);
  const fits = part => !flaws(part, value, pointer).length;
  const join = part => part !== undefined && found.push(...flaws(part, value, pointer));
  if (schema.$ref) join(typeNamed(schema.$ref));
  if (type === "symbol") return [[pointer, "is no JSON"]];
  const types = schema.type && [schema.type].flat();
  if (types && !types.includes(type) && !(type === "integer" && types.includes("number"))) {
    return [[pointer, `must be ${types.join(" or ")}`]];
  }
  if (schema.enum && !schema.enum.includes(value)) add(`one of ${schema.enum.join(", ")}`);
  if ("const" in schema && schema.const !== value) add(`must be ${schema.const}`);
  if (type === "string") {
    const count = [...value].length;
    if (count < schema.minLength) add(`at least ${schema.minLength} characters`);
    if (count > schema.maxLength) add(`at most ${schema.maxLength} characters`);
    if (schema.pattern && !new RegExp(schema.pattern, "u").test(value)) add("has another pattern");
    const format = formats[schema.format];
    if (format && !format[0](value)) add(`is no ${schema.format}${format[1] && `, such as ${format[1]}`}`);
  }
  if (type === "integer" || type === "number") {
    if (value < schema.minimum) add(`at least ${schema.minimum}`);
    if (value > schema.maximum) add(`at most ${schema.maximum}`);
  }
  if (type === "array") {
    if (value.length < schema.minItems) add(`at least ${schema.minItems} items`);
    if (value.length > schema.maxItems) add(`at most ${schema.maxItems} items`);
    const different = new Set(value.map(item => JSON.stringify(item)));
    if (schema.uniqueItems && different.size < value.length) add("two are alike");
    value.forEach((item, place) => found.push(...flaws(schema.items, item, `${pointer}/${place}`)));
  }
  if (type === "object") {
    const names = Object.keys(value);
    for (const name of schema.required || []) if (!(name in value)) add("is needed", name);
    if (names.length < schema.minProperties) add("something must be there");
    for (const name of names) {
      const own = schema.properties?.[name];
      if (own !== undefined) found.push(...flaws(own, value[name], `${pointer}/${name}`));
      else if (schema.additionalProperties !== undefined) {
        found.push(...flaws(schema.additionalProperties, value[name], `${pointer}/${name}`));
      }
      for (const other of schema.dependentRequired?.[name] || []) {
        if (!(other in value)) add(`is needed with ${name}`, other);
      }
      join(schema.dependentSchemas?.[name]);
    }
  }
  if (schema.if) join(fits(schema.if) ? schema.then : schema.else);
  for (const part of schema.allOf || []) join(part);
  const branches = schema.anyOf || schema.oneOf;
  if (branches && !branches.some(fits)) {
    const each = branches.map(part => flaws(part, value, pointer));
    found.push(...each.sort((left, right) => left.length - right.length)[0]);
  }
  return found;
};
