// The same content as a table, for those who would rather read, sort or listen than look.

const TABLES = {
  facts: {
    rows: () => DATA.facts.filter(factShown),
    columns: {
      subject: (fact) => nameOf(thing(fact.subject)),
      relation: (fact) => relation(fact.predicate) + (fact.role ? `（${fact.role}）` : ""),
      object: (fact) => nameOf(thing(fact.object)),
      quote: quoted,
      article: titled,
      page: paged,
    },
    open: (fact) => fact.iri,
  },
  figures: {
    rows: () => DATA.figures.filter(figureShown),
    columns: {
      subject: (figure) => nameOf(thing(figure.about)),
      metric: (figure) => figure.metric,
      value: valueOf,
      change: changeOf,
      period: (figure) => period(figure.first, figure.last),
      kind: (figure) => (figure.kind ? say(figure.kind.toLowerCase()) : ""),
      quote: quoted,
      article: titled,
      page: paged,
    },
    keys: {
      value: (figure) => Number(figure.value),
      change: (figure) => Number(figure.change),
      period: (figure) => figure.last,
    },
    open: (figure) => figure.about,
  },
  things: {
    rows: () =>
      DATA.nodes
        .map((node) => node.id)
        .filter(thingShown)
        .map(thing),
    columns: {
      name: nameOf,
      class: (item) => nameOf(styleOf(item.iri)),
      aliases: (item) => item.names.join(" · "),
      facts: (item) => String((around.get(item.iri) || []).length),
      figures: (item) => String((figures.get(item.iri) || []).length),
    },
    keys: {
      facts: (item) => (around.get(item.iri) || []).length,
      figures: (item) => (figures.get(item.iri) || []).length,
    },
    open: (item) => item.iri,
  },
};

let shownTable = "facts",
  sorted = { by: null, down: false };

function quoted(item) {
  return item.proofs.map((proof) => flowing(proof.quote)).join(" … ");
}
function titled(item) {
  return [...new Set(item.proofs.map((proof) => proof.title))].join(" · ");
}
function paged(item) {
  return [...new Set(item.proofs.map((proof) => proof.page))].join(" · ");
}

function ordered(rows, { columns, keys = {} }) {
  const key = keys[sorted.by] || columns[sorted.by];
  if (!key) return rows;
  const sign = sorted.down ? -1 : 1;
  return [...rows].sort(
    (a, b) => sign * (typeof key(a) === "number" ? key(a) - key(b) : key(a).localeCompare(key(b), "zh-CN")),
  );
}

function table() {
  const spec = TABLES[shownTable],
    rows = ordered(spec.rows(), spec);
  const tabs = Object.keys(TABLES).map((name) =>
    button(
      say(name),
      {
        role: "tab",
        "aria-selected": String(name === shownTable),
        onclick: () => {
          shownTable = name;
          sorted = { by: null, down: false };
          table();
        },
      },
      make("span", { class: "count" }, String(TABLES[name].rows().length)),
    ),
  );
  const heads = Object.keys(spec.columns).map((name) =>
    make(
      "th",
      {
        scope: "col",
        "aria-sort": sorted.by === name ? (sorted.down ? "descending" : "ascending") : "none",
      },
      button(say(name), {
        title: say("sortable"),
        onclick: () => {
          sorted = { by: name, down: sorted.by === name && !sorted.down };
          table();
        },
      }),
    ),
  );
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      Object.entries(spec.columns).map(([name, cell], at) =>
        make(
          "td",
          { class: name },
          at ? cell(row) : button(cell(row), { class: "link", onclick: () => choose(spec.open(row)) }),
        ),
      ),
    ),
  );
  $("table").replaceChildren(
    make("div", { role: "tablist" }, tabs),
    make(
      "div",
      { class: "sheet" },
      make(
        "table",
        {},
        make("caption", {}, say(shownTable)),
        make("thead", {}, make("tr", {}, heads)),
        make("tbody", {}, body),
      ),
    ),
  );
}
