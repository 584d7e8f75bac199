"use strict";
// Writing SPARQL: completion of terms and names, prefixes, the place of an error. Without this the form still asks.

const box = document.getElementById("query");
const known = JSON.parse(document.getElementById("terms").textContent);
const list = document.createElement("ul");
const SHOWN = 12;
let marked = -1,
  asked = 0;

list.id = "completions";
list.className = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", box.dataset.complete);
list.hidden = true;
box.after(list);
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-autocomplete", "list");

if (box.dataset.line) {
  const lines = box.value.split("\n").slice(0, Number(box.dataset.line) - 1);
  const start = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(box.dataset.column) - 1;
  box.focus();
  box.setSelectionRange(start, Math.max(start, box.value.length && start + 1));
}

const button = document.getElementById("prefixes");
button.hidden = false;
button.addEventListener("click", () => {
  const declared = new Set([...box.value.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map((found) => found[1]));
  const used = new Set([...box.value.matchAll(/(?<![\w<:/#])([a-z][\w-]*):/g)].map((found) => found[1]));
  const lines = [...used]
    .filter((name) => name in known.prefixes && !declared.has(name))
    .map((name) => `PREFIX ${name}: <${known.prefixes[name]}>\n`);
  box.setRangeText(lines.join(""), 0, 0, "end");
  box.focus();
});

/** What stands before the caret: a term, a name, or the beginning of one. */
function word() {
  return box.value.slice(0, box.selectionStart).match(/[\p{L}\p{N}_:-]*$/u)[0];
}

async function complete(always) {
  const mine = ++asked,
    text = word();
  if (!text && !always) return close();
  const wanted = text.toLowerCase();
  const score = ({ term, zh, en }) =>
    [term.toLowerCase(), term.toLowerCase().slice(3), zh || "", (en || "").toLowerCase()].some((name) =>
      name.startsWith(wanted),
    );
  const terms = known.terms.filter(score).map(({ term, zh, en }) => ({
    insert: term,
    name: term,
    note: document.documentElement.lang.startsWith("zh") ? zh : en,
  }));
  offer(terms.slice(0, SHOWN));
  if (text.length < 2 || text.includes(":")) return;
  const answer = await fetch(`${box.dataset.names}?q=${encodeURIComponent(text)}`).catch(() => null);
  if (mine !== asked || !answer || !answer.ok) return;
  const names = (await answer.json()).map((hit) => ({ insert: `<${hit.iri}>`, name: hit.name, note: hit.kind }));
  if (mine === asked) offer([...names, ...terms].slice(0, SHOWN));
}

function offer(found) {
  list.replaceChildren(...found.map(option));
  list.hidden = !found.length;
  point(-1);
}

function option(found, at) {
  const item = document.createElement("li"),
    name = document.createElement("span"),
    note = document.createElement("small");
  item.id = `completion-${at}`;
  item.setAttribute("role", "option");
  item.dataset.insert = found.insert;
  name.textContent = found.name;
  note.textContent = found.note || "";
  item.append(name, note);
  item.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(item);
  });
  return item;
}

function point(at) {
  marked = at;
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
  if (at < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", list.children[at].id);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function take(item) {
  const end = box.selectionStart;
  box.setRangeText(`${item.dataset.insert} `, end - word().length, end, "end");
  close();
}

function close() {
  asked++;
  list.hidden = true;
  point(-1);
}

box.addEventListener("input", () => complete(false));
box.addEventListener("blur", close);
box.addEventListener("keydown", (event) => {
  const count = list.hidden ? 0 : list.children.length;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
  else if (event.key === " " && event.ctrlKey) complete(true);
  else if (event.key === "ArrowDown" && count) point((marked + 1) % count);
  else if (event.key === "ArrowUp" && count && marked >= 0) point(marked - 1);
  else if ((event.key === "Enter" || event.key === "Tab") && marked >= 0) take(list.children[marked]);
  else if (event.key === "Escape" && count) close();
  else return;
  event.preventDefault();
});
