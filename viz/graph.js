// The drawing: vis-network on positions that were laid out beforehand; the names are our own (labels.js).

const still = matchMedia("(prefers-reduced-motion: reduce)");
const FONT = getComputedStyle(document.body).fontFamily;
const nodes = new vis.DataSet();
const edges = new vis.DataSet();
let network = null;
let hovered = null;
let boxes = []; // where names stand now
let named = [],
  told = []; // nodes and edges in the order in which their names find room

/** What is beside the choice: the two ends of a fact, or all that a line leads to; `said` leaves divisions out. */
function neighbourhood(said = false) {
  if (!chosen) return null;
  if (facts.has(chosen)) return new Set([facts.get(chosen).subject, facts.get(chosen).object]);
  const lines = DATA.edges.filter(
    (edge) => (edge.from === chosen || edge.to === chosen) && (edge.says || !said) && edgeShown(edge),
  );
  return new Set([chosen, ...lines.flatMap((edge) => [edge.from, edge.to])]);
}

/** How nodes and edges look now: filters hide, a choice dims all that is not beside it. */
function paint() {
  const near = neighbourhood();
  const ink = colour("--ink"),
    paper = colour("--paper"),
    line = colour("--line"),
    strong = colour("--accent");
  const beside = (edge) =>
    near && (edge.id === chosen || (!facts.has(chosen) && (edge.from === chosen || edge.to === chosen)));
  nodes.update(
    DATA.nodes.map((node) => ({
      id: node.id,
      hidden: !thingShown(node.id),
      opacity: near && !near.has(node.id) ? 0.15 : 1,
      color: {
        background: node.color,
        border: node.id === chosen ? ink : paper,
        highlight: { background: node.color, border: ink },
        hover: { background: node.color, border: ink },
      },
    })),
  );
  edges.update(
    DATA.edges.map((edge) => ({
      id: edge.id,
      hidden: !edgeShown(edge),
      width: beside(edge) ? 1.8 : 1.4,
      dashes: edge.says ? false : [4, 6],
      color: {
        color: beside(edge) ? strong : line,
        highlight: strong,
        hover: strong,
        opacity: beside(edge) ? 0.75 : near ? 0.22 : edge.says ? 1 : 0.7,
      },
    })),
  );
  named = DATA.nodes
    .filter((node) => thingShown(node.id) && (!near || near.has(node.id)))
    .sort((a, b) => (b.id === chosen) - (a.id === chosen) || b.size - a.size);
  told = DATA.edges
    .filter((edge) => edge.says && edgeShown(edge) && (!near || beside(edge)))
    .map((edge) => ({ ...edge, lit: !!near }));
}

/** Names of what is in sight, where they stand now; what is hidden has no position. */
function names(context) {
  const scale = network.getScale(),
    { x, y } = network.getViewPosition(),
    frame = $("graph");
  const w = frame.clientWidth / scale / 2,
    h = frame.clientHeight / scale / 2,
    at = network.getPositions();
  const sight = { left: x - w, right: x + w, top: y - h, bottom: y + h };
  const seen = ({ id }) => at[id] && Math.abs(at[id].x - x) < w && Math.abs(at[id].y - y) < h;
  const ink = colour("--ink"),
    soft = colour("--soft"),
    strong = colour("--accent");
  const hover = named.filter((node) => node.id === hovered && at[node.id]);
  const items = [...hover, ...named.filter((node) => node.id !== hovered && seen(node))].map((node) => ({
    id: node.id,
    ...at[node.id],
    size: node.size,
    font: node.lettering,
    name: nameOf(thing(node.id)),
    ink,
    bold: node.id === chosen || node.id === hovered,
  }));
  const lines = told
    .filter((edge) => (edge.lit || scale > 0.8) && at[edge.from] && at[edge.to])
    .map((edge) => between(edge, at, soft, strong));
  boxes = letter(context, scale, sight, items, lines);
}

/** Where the name of a relation may go: in the middle, or to a side; away from what is chosen, where lines fan out. */
function between(edge, at, soft, strong) {
  const from = at[edge.from],
    to = at[edge.to],
    dx = to.x - from.x,
    dy = to.y - from.y;
  const bow = edge.nth ? (roundness(edge.nth) / 2) * (edge.nth % 2 ? 1 : -1) : 0;
  const shares =
    edge.from === chosen ? [0.6, 0.7, 0.5] : edge.to === chosen ? [0.4, 0.3, 0.5] : [0.5, 0.62, 0.38];
  const spots = shares.map((share) => ({
    x: from.x + dx * share + dy * bow,
    y: from.y + dy * share - dx * bow,
  }));
  return {
    id: edge.id,
    spots,
    room: Math.hypot(dx, dy) - 40,
    name: relation(edge.says),
    ink: edge.lit ? strong : soft,
  };
}

const roundness = (nth) => 0.14 + 0.1 * Math.floor((nth - 1) / 2);

/** Puts things and lines into the drawing. */
function place(things, lines) {
  nodes.add(things.map(({ id, x, y, shape, size }) => ({ id, x, y, shape, size })));
  edges.add(
    lines.map(({ id, from, to, says, nth }) => ({
      id,
      from,
      to,
      arrows: says ? { to: { enabled: true, scaleFactor: 0.4 } } : undefined,
      smooth: nth
        ? { enabled: true, type: nth % 2 ? "curvedCW" : "curvedCCW", roundness: roundness(nth) }
        : false,
    })),
  );
}

function draw() {
  place(DATA.nodes, DATA.edges);
  network = new vis.Network(
    $("graph"),
    { nodes, edges },
    {
      physics: false,
      interaction: { hover: true, keyboard: false, hideEdgesOnDrag: DATA.edges.length > 800, zoomSpeed: 0.7 },
      nodes: { borderWidth: 1.5, borderWidthSelected: 2.5 },
      edges: { selectionWidth: 0.6, hoverWidth: 0.6 },
    },
  );
  network.on("afterDrawing", names);
  network.on("click", ({ nodes: [node], edges: [edge], pointer: { canvas } }) =>
    choose(node || nameAt(canvas) || (facts.has(edge) ? edge : null)),
  );
  network.on("doubleClick", ({ nodes: [node] }) => node && focusOn(node));
  network.on("hoverNode", ({ node, event }) => {
    hovered = node;
    tip(event, nodeTip(node));
  });
  network.on("hoverEdge", ({ edge, event }) => facts.has(edge) && tip(event, factTip(facts.get(edge))));
  for (const name of ["blurNode", "blurEdge", "dragStart", "zoom", "click"])
    network.on(name, () => {
      hovered = null;
      $("tip").hidden = true;
      $("graph").style.cursor = "";
    });
  $("graph").addEventListener("keydown", move);
}

function nameAt({ x, y }) {
  return boxes.find((box) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h)?.of;
}

const motion = () => (still.matches ? false : { duration: 400, easingFunction: "easeInOutQuad" });

/** Moves so that these nodes fill the stage with their names; `most` is the largest scale. */
function show(iris, most = 1.1, animation = motion()) {
  const at = Object.values(network.getPositions(iris)),
    frame = $("graph");
  if (!at.length) return;
  const [left, right, top, bottom] = [
    ["x", Math.min],
    ["x", Math.max],
    ["y", Math.min],
    ["y", Math.max],
  ].map(([axis, end]) => end(...at.map((spot) => spot[axis])));
  const fits = Math.min(
    (frame.clientWidth - 110) / (right - left + 60),
    (frame.clientHeight - 90) / (bottom - top + 60),
  );
  network.moveTo({
    position: { x: (left + right) / 2, y: (top + bottom) / 2 },
    scale: Math.min(fits, most),
    animation,
  });
}

const fit = (animation) =>
  show(DATA.nodes.map((node) => node.id).filter(thingShown), 1.4, animation === false ? false : motion());

/** Moves to what is chosen and all it has a fact with. */
const focusOn = () => show([...neighbourhood(true)]);

function zoom(factor) {
  network.moveTo({ scale: Math.min(Math.max(network.getScale() * factor, 0.05), 4), animation: motion() });
}

function zoomButtons() {
  $("zoom").replaceChildren(
    button("+", { title: say("in"), "aria-label": say("in"), onclick: () => zoom(1.3) }),
    button("−", { title: say("out"), "aria-label": say("out"), onclick: () => zoom(1 / 1.3) }),
    button("⤢", { title: say("fit"), "aria-label": say("fit"), onclick: () => fit() }),
  );
}

function move(event) {
  const step = 120 / network.getScale(),
    at = network.getViewPosition();
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.key in ways)
    network.moveTo({ position: { x: at.x + ways[event.key][0], y: at.y + ways[event.key][1] } });
  else if (event.key === "+" || event.key === "=") zoom(1.3);
  else if (event.key === "-") zoom(1 / 1.3);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
}

/** Shows what is under the pointer, with its first proof. */
function tip(event, content) {
  const box = $("tip"),
    { x, y } = event.center || { x: event.clientX, y: event.clientY };
  box.replaceChildren(...content);
  box.hidden = false;
  $("graph").style.cursor = "pointer";
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  box.style.top = `${y + height + 24 < innerHeight ? y + 18 : y - height - 14}px`;
}

function nodeTip(iri) {
  const [figure] = figures.get(iri) || [],
    [fact] = around.get(iri) || [],
    [proof] = (figure || fact || { proofs: [] }).proofs;
  return [
    make("strong", {}, nameOf(thing(iri))),
    make("span", { class: "class" }, mark(styleOf(iri)), nameOf(styleOf(iri))),
    figure ? make("p", {}, [figure.metric, valueOf(figure), changeOf(figure)].filter(Boolean).join(" ")) : "",
    proof ? make("q", {}, short(proof.quote)) : "",
  ].filter(Boolean);
}

function factTip(fact) {
  return [
    make(
      "strong",
      {},
      `${nameOf(thing(fact.subject))} ${relation(fact.predicate)} ${nameOf(thing(fact.object))}`,
    ),
    ...fact.proofs.slice(0, 2).map((proof) => make("q", {}, short(proof.quote))),
  ];
}

/** A quotation on one line: the breaks of the printed column are not its own. */
const flowing = (text) =>
  text.replace(/\s*\n\s*/g, (_, at) => (/[\u0000-\u024f]/.test(text[at - 1] || "") ? " " : ""));
const short = (text) => cut(flowing(text), 120);

/** Choose a thing or a fact; `go` moves the graph there. */
function choose(iri, go = false) {
  chosen = iri;
  history.replaceState(null, "", iri ? `#${encodeURIComponent(iri)}` : "#");
  paint();
  panel();
  document.body.classList.toggle("reading", !!iri);
  if (iri && !facts.has(iri)) network.selectNodes([iri]);
  else if (iri) network.setSelection({ nodes: [], edges: [iri] });
  else network.unselectAll();
  if (go && !document.body.classList.contains("tabular")) focusOn();
}
