// Links to a part open what holds it.
const arrive = () => {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* no escaped text */ }
  const target = at(id);
  if (!target) return;
  for (let part = target; part; part = part.parentElement) if (part.nodeName === "DETAILS") part.open = true;
  at("menu").checked = false;
  target.scrollIntoView();
};
addEventListener("hashchange", arrive);
if (location.hash) arrive();

const current = () => sections.findLast(section => section.getBoundingClientRect().top < 90) || sections[0];
let isDue = false;
addEventListener("scroll", () => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    const link = one(`nav li a[href="#${current().id}"]`);
    all("nav [aria-current]").forEach(other => other.removeAttribute("aria-current"));
    if (!link) return;
    link.setAttribute("aria-current", "true");
    const nav = one("nav"), top = link.offsetTop;
    const isInSight = top > nav.scrollTop + 60 && top < nav.scrollTop + nav.clientHeight - 60;
    if (!isInSight) nav.scrollTop = top - nav.clientHeight / 3;
  });
}, { passive: true });

// Search over names, members, reasons and words.
const search = at("search"), hits = make("ul", { id: "hits", hidden: true, ariaLabel: "Found" });
at("tools").hidden = at("keys").hidden = false;
at("tools").after(hits);
let entries;
const kindOf = element => element.id === "reasons" ? "errors" : element.className === "type" ? "type"
  : element.nodeName === "SECTION" ? "method" : element.closest("table")?.dataset.kind || "reason";
const index = () => entries ||= all("main section, main tr[id], main dt[id]").map(element => ({
  id: element.id, name: (one("h3, code", element) || element).textContent, kind: kindOf(element),
  text: (element.textContent + (element.nodeName === "DT" ? element.nextElementSibling.textContent : "")).toLowerCase(),
}));
search.oninput = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(word => word);
  const rank = entry => words.reduce((sum, word) => {
    const name = entry.name.toLowerCase();
    return sum + (name === word ? 8 : name.startsWith(word) ? 4 : name.includes(word) ? 2 : 0);
  }, entry.kind === "method" ? 1 : 0);
  const found = !words.length ? [] : index().filter(entry => words.every(word => entry.text.includes(word)))
    .sort((left, right) => rank(right) - rank(left)).slice(0, 40);
  hits.replaceChildren(...found.map(entry => make("li", null,
    make("a", { href: "#" + entry.id }, entry.name, make("small", null, entry.kind || "")))));
  if (words.length && !found.length) hits.append(make("li", null, "Nothing is found."));
  hits.hidden = !words.length;
  for (let part = hits.nextElementSibling; part; part = part.nextElementSibling) part.hidden = !!words.length;
};
search.onkeydown = event => {
  if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    const first = one("a", hits);
    if (first) event.key === "Enter" ? first.click() : first.focus();
    if (first && event.key === "Enter") search.blur();
  }
  if (event.key === "Escape") {
    search.value = "";
    search.oninput();
    search.blur();
    at("menu").checked = false;
  }
};
hits.onkeydown = event => {
  const links = all("a", hits), place = links.indexOf(document.activeElement);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  (links[next] || search).focus();
};

const keyed = {
  "/": () => { at("menu").checked = true; search.focus(); search.select(); },
  j: () => go(1), k: () => go(-1),
  Enter: () => {
    const examples = all("details", current()), isOpen = examples.some(example => example.open);
    examples.forEach(example => { example.open = !isOpen; });
  },
  Escape: () => { at("menu").checked = false; },
  c: () => {
    const example = all("details[open]", current())[0];
    if (example) copy(example.pre?.textContent ?? one("pre", example).textContent, one(".copy", example));
  },
};
const go = step => {
  const place = sections.indexOf(current()), next = sections[place + step];
  if (next) location.hash = "#" + next.id;
  if (next) one("a", next)?.focus({ preventScroll: true });
};
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keyed[event.key]) return;
  const focused = document.activeElement, isHeading = focused.parentElement?.nodeName === "H3";
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(focused.nodeName)) return;
  if (event.key === "Enter" && focused !== document.body && !isHeading) return;
  event.preventDefault();
  keyed[event.key]();
});
