// Ties the parts together: what is chosen, language, theme, keys.

let asTable = false;

/** Nothing more to say of a thing: there is no other page. */
const beside = () => [];

function render() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  const centre = DATA.centres.length === 1 ? nameOf(thing(DATA.centres[0])) : DATA.name;
  const title = centre ? say("around", centre, DATA.depth) : say("whole");
  $("title").textContent = title;
  document.title = `${title} · 方志 Fangzhi`;
  $("search").placeholder = say("search");
  $("search").setAttribute("aria-label", say("search"));
  $("graph").setAttribute("aria-label", say("canvas"));
  $("legend").setAttribute("aria-label", say("legend"));
  $("left").textContent = status();
  tools();
  legend();
  panel();
  paint();
  if (asTable) table();
}

function status() {
  const { shown, whole } = DATA;
  const told = say(
    "shown",
    DATA.nodes.filter((node) => thingShown(node.id)).length,
    DATA.facts.filter(factShown).length,
    DATA.figures.filter(figureShown).length,
  );
  if (whole.things === shown.things) return told;
  return `${told} · ${say("left", whole.things, shown.things, whole.things - shown.things, whole.facts - shown.facts)}`;
}

function tools() {
  $("tools").replaceChildren(
    button(say(asTable ? "graph" : "table"), {
      id: "tabular",
      "aria-pressed": String(asTable),
      onclick: showTable,
    }),
    button(say("language"), {
      id: "language",
      title: say("other"),
      onclick: () => {
        language = language === "zh" ? "en" : "zh";
        render();
      },
    }),
    button("◐", { id: "theme", title: say("theme"), "aria-label": say("theme"), onclick: switchTheme }),
  );
  zoomButtons();
}

function showTable() {
  asTable = !asTable;
  $("table").hidden = !asTable;
  document.body.classList.toggle("tabular", asTable);
  render();
  if (!asTable && chosen) focusOn();
}

function switchTheme() {
  const root = document.documentElement,
    dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  paint();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "Escape" && !typing) choose(null);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

draw();
searching();
render();
network.once("afterDrawing", () => {
  const asked = decodeURIComponent(location.hash.slice(1));
  if (thing(asked) || facts.has(asked)) choose(asked, true);
  else if (DATA.centres.length === 1 && DATA.depth === 1) choose(DATA.centres[0]);
});
fit(false);
