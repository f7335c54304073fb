// What the script adds is made of what the page says; nothing is fetched or sent.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const make = (name, properties, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key in element) element[key] = value; else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};
const at = id => document.getElementById(id);
// Titles become links to themselves; a type with all that is said of it becomes a part of its own.
for (const title of all("main section h3, h2 ~ h3[id]")) {
  const id = title.id || title.closest("section").id;
  if (title.id) {
    const part = make("section", { id, className: "type" });
    title.removeAttribute("id");
    title.before(part);
    const isOther = node => /^(SECTION|H[23])$/.test(node.nodeName) && node !== title;
    for (let next = title; next && !isOther(next);) {
      const after = next.nextSibling;
      part.append(next);
      next = after;
    }
  }
  title.replaceChildren(make("a", { href: "#" + id }, ...title.childNodes));
}
const methods = all("main > section:not(.type)"), sections = all("main section, header");
for (const title of all("section h4").filter(title => title.textContent === "Errors")) {
  const names = title.nextElementSibling, links = names.textContent.trim().split(/\s+/);
  names.replaceChildren(...links.flatMap(name => [make("a", { href: "#" + name }, name), " "]));
}
// What a type is, where it is named.
for (const link of all("dd > a, h4 + p > a")) {
  const type = at(link.hash.slice(1));
  if (type?.className === "type") link.title = all(":scope > p", type).map(part => part.textContent).join(". ");
}
