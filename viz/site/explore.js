// The network on a page of the explorer: the address keeps what is shown, a thing grows its neighbours on a click.

language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

/** What the panel offers for a thing beside what it says of it: its page, its neighbours, a way from it. */
function beside(iri) {
  if (!iri.startsWith(SPACE)) return [];
  return [
    make(
      "p",
      { class: "doors" },
      make("a", { href: "/id/" + iri.slice(SPACE.length) }, say("page")),
      button(say("grow"), { class: "quiet", onclick: () => widen(iri) }),
      make("a", { href: "/network?from=" + encodeURIComponent(iri) }, say("way")),
    ),
  ];
}

const SPACE = "https://w3id.org/fangzhi/id/";
Object.assign(WORDS.zh, { page: "打开页面", grow: "展开近邻", way: "找路径", drawn: "图中 {0} 个事物、{1} 条事实", grouped: "图中 {0} 组事物、{1} 种联系" });
Object.assign(WORDS.en, { page: "Open its page", grow: "Show neighbours", way: "Find a path", drawn: "{0} things, {1} facts", grouped: "{0} groups, {1} links between them" });

/** Adds the neighbours of a thing around it, and the thing to the address. */
async function widen(iri) {
  const asked = new URLSearchParams(location.search);
  const filters = [...asked].filter(([name]) => !["centre", "from", "to", "by"].includes(name));
  const answer = await fetch(`/network.json?${new URLSearchParams([...filters, ["centre", iri]])}`);
  if (!answer.ok) return;
  const fresh = grow(await answer.json()),
    at = network.getPosition(iri),
    ring = Math.max(180, fresh.nodes.length * 22);
  fresh.nodes.forEach((node, i) => {
    const turn = (2 * Math.PI * i) / fresh.nodes.length + 0.4;
    node.x = at.x + Math.cos(turn) * ring * 1.4;
    node.y = at.y + Math.sin(turn) * ring;
  });
  place(fresh.nodes, fresh.edges);
  if (!asked.getAll("centre").includes(iri)) asked.append("centre", iri);
  history.replaceState(null, "", `?${asked}#${encodeURIComponent(iri)}`);
  render();
  choose(iri, true);
}

function render() {
  $("left").textContent = say(
    new URLSearchParams(location.search).get("by") === "groups" ? "grouped" : "drawn",
    DATA.nodes.filter((node) => thingShown(node.id)).length,
    DATA.facts.filter(factShown).length,
  );
  legend();
  panel();
  paint();
  zoomButtons();
}

draw();
render();
network.once("afterDrawing", () => {
  const asked = decodeURIComponent(location.hash.slice(1));
  if (DATA.things[asked] || facts.has(asked)) choose(asked, true);
  else if (DATA.centres.length === 1) choose(DATA.centres[0]);
  document.body.dataset.drawn = "true";
});
network.on("doubleClick", ({ nodes: [node] }) => node && node.startsWith(SPACE) && widen(node));
fit(false);
