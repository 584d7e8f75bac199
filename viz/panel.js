// The side panel: all that is known of what is chosen, each line with its proof.

function proofs(item) {
  return item.proofs.map((proof) =>
    make(
      "blockquote",
      {},
      make("q", {}, flowing(proof.quote)),
      make(
        "footer",
        {},
        make("cite", {}, proof.title || say("untitled")),
        make("span", {}, [proof.page, proof.published].filter(Boolean).join(" · ")),
        make(
          "span",
          {},
          [
            say("characters", proof.start, proof.end),
            `${say("rule")} ${proof.rule}`,
            item.confidence && `${say("confidence")} ${item.confidence}`,
          ]
            .filter(Boolean)
            .join(" · "),
        ),
        button(say("copy"), { class: "quiet", onclick: (event) => copy(event.currentTarget, proof) }),
      ),
    ),
  );
}

async function copy(where, proof) {
  await navigator.clipboard.writeText(
    `“${flowing(proof.quote)}” —— ${proof.title}, ${proof.page} ${proof.start}–${proof.end}`,
  );
  where.textContent = say("copied");
}

function thingButton(iri) {
  return button(
    "",
    { class: "thing", onclick: () => choose(iri, true) },
    mark(styleOf(iri)),
    make("span", {}, nameOf(thing(iri))),
  );
}

function figureItem(figure, open) {
  const kind = figure.kind.toLowerCase();
  return make(
    "details",
    { class: "figure", "data-iri": figure.iri, open },
    make(
      "summary",
      {},
      make("span", { class: "metric" }, figure.metric),
      make("span", { class: "value" }, valueOf(figure) || changeOf(figure)),
      make(
        "span",
        { class: "when" },
        period(figure.first, figure.last),
        kind && kind !== "actual" ? make("span", { class: `badge ${kind}` }, say(kind)) : "",
      ),
      figure.change && valueOf(figure)
        ? make("span", { class: figure.change.startsWith("-") ? "fall" : "rise" }, changeOf(figure))
        : "",
    ),
    proofs(figure),
  );
}

function factItem(fact, from, open) {
  const other = fact.subject === from ? fact.object : fact.subject;
  return make(
    "details",
    { class: "fact", open },
    make("summary", {}, thingButton(other), fact.role ? make("span", { class: "badge" }, fact.role) : ""),
    proofs(fact),
  );
}

function section(title, count, ...content) {
  return make(
    "section",
    {},
    make("h3", {}, title, make("span", { class: "count" }, String(count))),
    ...content,
  );
}

function heading(name, ...below) {
  return make(
    "header",
    {},
    make("h2", {}, name),
    button("×", {
      class: "close",
      title: say("close"),
      "aria-label": say("close"),
      onclick: () => choose(null),
    }),
    ...below,
  );
}

function thingPanel(iri) {
  const { name, english, latin, names, type } = thing(iri);
  const others = [...new Set([name, english, latin, ...names])].filter(
    (other) => other && other !== nameOf(thing(iri)),
  );
  const known = (figures.get(iri) || []).filter(figureShown),
    said = (around.get(iri) || []).filter(factShown);
  const lot = (own, arrow) =>
    [
      ...groupBy(
        said.filter((fact) => (fact.subject === iri) === own),
        (fact) => [fact.predicate],
      ),
    ].map(([says, group]) =>
      section(
        `${arrow} ${relation(says)}`,
        group.length,
        group.map((fact) => factItem(fact, iri, said.length === 1)),
      ),
    );
  return [
    heading(
      nameOf(thing(iri)),
      make("p", { class: "class" }, mark(styleOf(iri)), nameOf(styleOf(iri)) || type),
      others.length
        ? make("p", { class: "names" }, make("span", {}, say("aliases")), ` ${others.join(" · ")}`)
        : "",
      ...beside(iri),
    ),
    known.length
      ? section(
          say("figures"),
          known.length,
          known.map((figure) => figureItem(figure, known.length === 1 && !said.length)),
        )
      : "",
    ...lot(true, "→"),
    ...lot(false, "←"),
    known.length + said.length ? "" : make("p", { class: "note" }, say("alone")),
  ];
}

function factPanel(fact) {
  return [
    heading(relation(fact.predicate)),
    make(
      "p",
      { class: "triple" },
      thingButton(fact.subject),
      make("span", {}, `${relation(fact.predicate)}${fact.role ? `（${fact.role}）` : ""} →`),
      thingButton(fact.object),
    ),
    ...proofs(fact),
  ];
}

function overview() {
  const first = DATA.nodes
    .map((node) => node.id)
    .filter(thingShown)
    .sort((a, b) => (around.get(b) || []).length - (around.get(a) || []).length)
    .slice(0, 12);
  const pages = tally(
    [...DATA.facts, ...DATA.figures].flatMap((item) => item.proofs),
    (proof) => proof.page,
  );
  const day = new Map(
    [...DATA.facts, ...DATA.figures]
      .flatMap((item) => item.proofs)
      .map((proof) => [proof.page, proof.published]),
  );
  const titles = (page) => [
    ...new Set(
      [...DATA.facts, ...DATA.figures]
        .flatMap((item) => item.proofs)
        .filter((proof) => proof.page === page && proof.title)
        .map((proof) => proof.title),
    ),
  ];
  return [
    make("p", { class: "note" }, say("hint")),
    section(
      say("most"),
      first.length,
      first.map((iri) =>
        make(
          "p",
          { class: "row" },
          thingButton(iri),
          make("span", { class: "count" }, String((around.get(iri) || []).length)),
        ),
      ),
    ),
    pages.length > 0 && section(
      say("sources"),
      pages.length,
      source
        ? button(say("show"), {
            class: "quiet",
            onclick: () => {
              source = null;
              render();
              fit();
            },
          })
        : "",
      pages.map(([page, count]) =>
        make(
          "div",
          { class: "page" },
          make(
            "details",
            {},
            make(
              "summary",
              {},
              make("span", {}, `${day.get(page)} ${page}`.trim()),
              make("span", { class: "count" }, String(count)),
            ),
            make(
              "ul",
              {},
              titles(page).map((title) => make("li", {}, title)),
            ),
          ),
          button(say("only"), {
            class: "quiet",
            "aria-pressed": String(source === page),
            onclick: () => {
              source = source === page ? null : page;
              render();
              fit();
            },
          }),
        ),
      ),
    ),
  ];
}

function panel() {
  const content = !chosen
    ? overview()
    : facts.has(chosen)
      ? factPanel(facts.get(chosen))
      : thingPanel(chosen);
  $("panel").replaceChildren(...content.filter(Boolean));
  $("panel").scrollTop = 0;
}

/** Opens a figure in the panel and brings it into view. */
function reveal(iri) {
  const item = [...$("panel").querySelectorAll(".figure")].find((part) => part.dataset.iri === iri);
  if (!item) return;
  item.open = true;
  item.scrollIntoView({ block: "center" });
}
