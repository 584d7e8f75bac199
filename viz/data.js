// The data of the page, indexed, and what of it the filters let through.

const DATA = JSON.parse($("data").textContent);
const facts = new Map(DATA.facts.map((fact) => [fact.iri, fact]));
const figures = groupBy(DATA.figures, (figure) => [figure.about]);
const around = groupBy(DATA.facts, (fact) =>
  fact.subject === fact.object ? [fact.subject] : [fact.subject, fact.object],
);

const hidden = { kinds: new Set(), relations: new Set() };
let source = null; // the page that alone is shown
let chosen = null; // the IRI of a thing or a fact

/** Adds what is not there yet: nodes, edges, things and facts of the same shape as DATA. */
function grow(more) {
  const known = new Set([...DATA.nodes, ...DATA.edges].map((item) => item.id));
  const fresh = { nodes: more.nodes.filter(({ id }) => !known.has(id)), edges: more.edges.filter(({ id }) => !known.has(id)) };
  DATA.nodes.push(...fresh.nodes);
  DATA.edges.push(...fresh.edges);
  for (const [iri, found] of Object.entries(more.things)) DATA.things[iri] ??= found;
  for (const fact of more.facts) {
    if (facts.has(fact.iri)) continue;
    DATA.facts.push(fact);
    facts.set(fact.iri, fact);
    for (const end of new Set([fact.subject, fact.object])) around.set(end, [...(around.get(end) || []), fact]);
  }
  return fresh;
}

function groupBy(items, keys) {
  const groups = new Map();
  for (const item of items) for (const key of keys(item)) groups.set(key, [...(groups.get(key) || []), item]);
  return groups;
}

const thing = (iri) => DATA.things[iri];
const styleOf = (iri) =>
  DATA.classes[thing(iri).type] || { ...DATA.plain, zh: thing(iri).type, en: thing(iri).type };
const relation = (says) => (says ? nameOf(DATA.relations[says] || { zh: says, en: says }) : say("divisions"));

const fromSource = (item) => !source || item.proofs.some((proof) => proof.page === source);
const kindShown = (iri) => !hidden.kinds.has(thing(iri).type);
const figureShown = (figure) => kindShown(figure.about) && fromSource(figure);
const factShown = (fact) =>
  kindShown(fact.subject) &&
  kindShown(fact.object) &&
  !hidden.relations.has(fact.predicate) &&
  fromSource(fact);
const thingShown = (iri) =>
  kindShown(iri) &&
  (!source || (around.get(iri) || []).some(fromSource) || (figures.get(iri) || []).some(fromSource));
const edgeShown = (edge) =>
  edge.says
    ? factShown(facts.get(edge.id))
    : !hidden.relations.has("") && thingShown(edge.from) && thingShown(edge.to);

/** Counts of `key` over items, largest first. */
function tally(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
