"use strict";
// Suggestions under a search box, by mouse or keyboard. Without this the form still searches.

for (const input of document.querySelectorAll("[data-suggest]")) suggesting(input);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, [contenteditable]")) return;
  const input = document.querySelector("[data-suggest]");
  if (!input) return;
  event.preventDefault();
  input.focus();
});

function suggesting(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  }))
    input.setAttribute(name, value);

  // A box that names a thing sends the thing that was chosen, so that of two with one name the right one is meant.
  const meant = "fill" in input.dataset ? document.createElement("input") : null;
  if (meant) {
    meant.type = "hidden";
    meant.dataset.name = input.name;
    input.after(meant);
    mean(input.dataset.fill);
  }

  function mean(iri) {
    meant.value = iri;
    meant.name = iri ? meant.dataset.name : "";
    input.name = iri ? "" : meant.dataset.name;
  }

  let marked = -1,
    asked = 0,
    timer = 0;

  async function ask() {
    const mine = ++asked,
      text = input.value.trim();
    if (!text) return close();
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`).catch(() => null);
    if (mine !== asked || !answer || !answer.ok || document.activeElement !== input) return;
    offer(await answer.json());
  }

  function offer(hits) {
    list.replaceChildren(...hits.map(option));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(!!hits.length));
    point(-1);
  }

  function option(hit, at) {
    const item = document.createElement("li"),
      name = document.createElement("span"),
      note = document.createElement("small");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    item.dataset.href = hit.href;
    item.dataset.iri = hit.iri || "";
    name.textContent = hit.name;
    note.textContent = hit.form || hit.kind;
    item.append(sign(hit), name, note);
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(item);
    });
    return item;
  }

  function point(at) {
    marked = at;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function take(item) {
    if (meant) {
      input.value = item.querySelector("span").textContent;
      mean(item.dataset.iri);
      close();
    } else location.assign(item.dataset.href);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(-1);
  }

  input.addEventListener("input", () => {
    if (meant) mean("");
    clearTimeout(timer);
    timer = setTimeout(ask, 80);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" && count) point((marked + 1) % count);
    else if (event.key === "ArrowUp" && count) point(marked < 0 ? count - 1 : marked - 1);
    else if (event.key === "Enter" && marked >= 0) take(list.children[marked]);
    else if (event.key === "Escape" && count) close();
    else return;
    event.preventDefault();
  });
}

/** The mark of a class. */
function sign(hit) {
  const space = "http://www.w3.org/2000/svg",
    svg = document.createElementNS(space, "svg"),
    path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", hit.path);
  path.setAttribute("fill", hit.color);
  svg.append(path);
  return svg;
}
