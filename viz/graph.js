// The drawing: vis-network on positions that were laid out beforehand.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const nodes = new vis.DataSet();
const edges = new vis.DataSet();
let network = null;

/** A label on few short lines; Chinese has no spaces at which the canvas could break it. */
function wrapped(name) {
  if (/[\u0020]/.test(name)) return name.length > 60 ? name.slice(0, 60) + "…" : name;
  const count = Math.min(Math.ceil(name.length / 9), 3);
  const width = name.length <= 27 ? Math.ceil(name.length / count) : 9;
  const lines = Array.from({ length: count }, (_, i) => name.slice(i * width, (i + 1) * width));
  return lines.join("\n") + (name.length > 27 ? "…" : "");
}

function neighbourhood() {
  if (!chosen) return null;
  if (facts.has(chosen)) return new Set([facts.get(chosen).subject, facts.get(chosen).object]);
  return new Set([chosen, ...(around.get(chosen) || []).filter(factShown).flatMap((fact) => [fact.subject, fact.object])]);
}

/** How nodes and edges look now: filters hide, a choice dims all that is not beside it. */
function paint() {
  const near = neighbourhood();
  const ink = colour("--ink"), faint = colour("--faint"), paper = colour("--paper"), line = colour("--line"), strong = colour("--accent");
  nodes.update(DATA.nodes.map((node) => {
    const dim = near && !near.has(node.id);
    return {
      id: node.id, hidden: !thingShown(node.id), opacity: dim ? 0.18 : 1, label: wrapped(nameOf(thing(node.id))),
      color: { background: node.color, border: node.id === chosen ? ink : paper, highlight: { background: node.color, border: ink }, hover: { background: node.color, border: ink } },
      font: { size: node.font.size, color: dim ? faint : ink, strokeColor: paper, strokeWidth: 4 },
    };
  }));
  edges.update(DATA.edges.map((edge) => {
    const lit = near && (edge.id === chosen || (!facts.has(chosen) && (edge.from === chosen || edge.to === chosen)));
    return {
      id: edge.id, hidden: !edgeShown(edge), label: edge.says ? relation(edge.says) : undefined,
      width: lit ? 2 : edge.says ? 1.2 : 1, dashes: edge.says ? false : [4, 6],
      color: { color: lit ? strong : line, highlight: strong, hover: strong, opacity: near && !lit ? 0.25 : edge.says ? 1 : 0.7 },
      font: { size: 11, color: lit ? strong : near ? faint : colour("--soft"), strokeColor: paper, strokeWidth: 4 },
    };
  }));
}

function draw() {
  nodes.add(DATA.nodes.map(({ id, x, y, shape, size }) => ({ id, x, y, shape, size })));
  edges.add(DATA.edges.map(({ id, from, to, says, nth }) => ({
    id, from, to, arrows: says ? { to: { enabled: true, scaleFactor: 0.5 } } : undefined,
    smooth: nth ? { enabled: true, type: nth % 2 ? "curvedCW" : "curvedCCW", roundness: 0.12 + 0.1 * Math.floor(nth / 2) } : false,
  })));
  network = new vis.Network($("graph"), { nodes, edges }, {
    physics: false,
    interaction: { hover: true, keyboard: false, tooltipDelay: 100, hideEdgesOnDrag: DATA.edges.length > 800, zoomSpeed: 0.7 },
    nodes: { borderWidth: 1.5, borderWidthSelected: 2.5, labelHighlightBold: false, scaling: { label: { drawThreshold: 8 } } },
    edges: { selectionWidth: 0.5, hoverWidth: 0.5, labelHighlightBold: false, font: { align: "middle" }, scaling: { label: { drawThreshold: 10 } } },
  });
  network.on("click", ({ nodes: [node], edges: [edge] }) => choose(node || (facts.has(edge) ? edge : null)));
  network.on("doubleClick", ({ nodes: [node] }) => node && focusOn(node));
  network.on("hoverNode", ({ node, event }) => tip(event, nodeTip(node)));
  network.on("hoverEdge", ({ edge, event }) => facts.has(edge) && tip(event, factTip(facts.get(edge))));
  for (const name of ["blurNode", "blurEdge", "dragStart", "zoom", "click"]) network.on(name, () => ($("tip").hidden = true));
  $("graph").addEventListener("keydown", move);
}

const motion = () => (still.matches ? false : { duration: 400, easingFunction: "easeInOutQuad" });

function fit() {
  network.fit({ nodes: DATA.nodes.map((node) => node.id).filter(thingShown), animation: motion() });
}

function focusOn(iri) {
  if (!facts.has(iri)) network.focus(iri, { scale: Math.max(network.getScale(), 0.9), animation: motion() });
  else network.fit({ nodes: [facts.get(iri).subject, facts.get(iri).object], maxZoomLevel: 1, animation: motion() });
}

function zoom(factor) {
  network.moveTo({ scale: Math.min(Math.max(network.getScale() * factor, 0.05), 4), animation: motion() });
}

function move(event) {
  const step = 120 / network.getScale(), at = network.getViewPosition();
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.key in ways) network.moveTo({ position: { x: at.x + ways[event.key][0], y: at.y + ways[event.key][1] } });
  else if (event.key === "+" || event.key === "=") zoom(1.3);
  else if (event.key === "-") zoom(1 / 1.3);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
}

function tip(event, content) {
  const box = $("tip"), at = event.center || event;
  box.replaceChildren(...content);
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.clientX ?? at.x, innerWidth - width - 8))}px`;
  const y = at.clientY ?? at.y;
  box.style.top = `${y + height + 24 < innerHeight ? y + 16 : y - height - 12}px`;
}

function nodeTip(iri) {
  const [figure] = figures.get(iri) || [], [fact] = around.get(iri) || [], about = figure || fact;
  return [
    make("strong", {}, nameOf(thing(iri))), make("span", { class: "class" }, mark(styleOf(iri)), nameOf(styleOf(iri))),
    figure ? make("p", {}, `${figure.metric} ${valueOf(figure)} ${changeOf(figure)}`) : "",
    about && about.proofs[0] ? make("q", {}, short(about.proofs[0].quote)) : "",
  ].filter(Boolean);
}

function factTip(fact) {
  return [
    make("strong", {}, `${nameOf(thing(fact.subject))} ${relation(fact.predicate)} ${nameOf(thing(fact.object))}`),
    ...fact.proofs.slice(0, 2).map((proof) => make("q", {}, short(proof.quote))),
  ];
}

const short = (text) => (text.length > 160 ? text.slice(0, 160) + "…" : text);
