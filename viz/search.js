// Search over names in all their forms, metrics and quotations.

const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\s]/g, "")
    .toLowerCase();

const entries = [
  ...Object.values(DATA.things).map((found) => ({
    iri: found.iri,
    keys: [found.name, found.english, found.latin, ...found.names, ...found.romanised].filter(Boolean),
    weight: (around.get(found.iri) || []).length,
  })),
  ...DATA.figures.map((figure) => ({
    iri: figure.about,
    keys: [figure.metric, ...figure.proofs.map((proof) => proof.quote)],
    figure,
    weight: -1,
  })),
  ...DATA.facts.map((fact) => ({
    iri: fact.iri,
    keys: fact.proofs.map((proof) => proof.quote),
    fact,
    weight: -2,
  })),
].map((entry) => ({ ...entry, folded: entry.keys.map(fold) }));

/** Best first: a whole name, the start of one, a part of one; then figures, then quotations. */
function lookUp(text) {
  const wanted = fold(text);
  if (!wanted) return [];
  const score = ({ folded, figure, fact }) => {
    const at = Math.min(
      ...folded.map((key) =>
        key === wanted ? 0 : key.startsWith(wanted) ? 1 : key.includes(wanted) ? 2 : 9,
      ),
    );
    return at === 9 ? 9 : at + (figure ? 3 : fact ? 5 : 0);
  };
  return entries
    .map((entry) => [score(entry), entry])
    .filter(([points]) => points < 9)
    .sort(([a, x], [b, y]) => a - b || y.weight - x.weight)
    .slice(0, 14)
    .map(([, entry]) => entry);
}

function option(entry, at, wanted) {
  const other = entry.keys.find((key) => fold(key).includes(wanted)) || "";
  const content = entry.fact
    ? [
        make(
          "span",
          {},
          `${nameOf(thing(entry.fact.subject))} ${relation(entry.fact.predicate)} ${nameOf(thing(entry.fact.object))}`,
        ),
        make("small", {}, excerpt(other, wanted)),
      ]
    : [
        mark(styleOf(entry.iri)),
        make("span", {}, nameOf(thing(entry.iri))),
        make(
          "small",
          {},
          entry.figure
            ? `${entry.figure.metric} ${valueOf(entry.figure)}`
            : other !== nameOf(thing(entry.iri))
              ? other
              : nameOf(styleOf(entry.iri)),
        ),
      ];
  return make(
    "div",
    {
      role: "option",
      id: `option${at}`,
      "aria-selected": "false",
      onmousedown: (event) => {
        event.preventDefault();
        take(entry);
      },
    },
    content,
  );
}

/** The part of a quotation around what was looked for. */
function excerpt(text, wanted) {
  const at = fold(flowing(text)).indexOf(wanted);
  return (at > 12 ? "…" : "") + flowing(text).slice(Math.max(0, at - 12), at + 30);
}

let offered = [],
  marked = -1;

function offer() {
  const text = $("search").value;
  offered = lookUp(text);
  $("found").replaceChildren(
    ...(offered.length || !text
      ? offered.map((entry, at) => option(entry, at, fold(text)))
      : [make("p", {}, say("nothing"))]),
  );
  $("found").hidden = !text;
  $("search").setAttribute("aria-expanded", String(!!text));
  point(offered.length ? 0 : -1);
}

function point(at) {
  marked = at;
  [...$("found").children].forEach((child, i) => child.setAttribute("aria-selected", String(i === at)));
  if (at >= 0) {
    $("search").setAttribute("aria-activedescendant", `option${at}`);
    $(`option${at}`).scrollIntoView({ block: "nearest" });
  } else $("search").removeAttribute("aria-activedescendant");
}

function take(entry) {
  hideFound();
  const wanted = entry.fact ? [entry.fact.subject, entry.fact.object] : [entry.iri];
  wanted.forEach((iri) => hidden.kinds.delete(thing(iri).type));
  choose(entry.iri, true);
  if (entry.figure) reveal(entry.figure.iri);
  $("panel").focus({ preventScroll: true }); // so that a reader goes on from there
}

function hideFound() {
  $("found").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
}

function searching() {
  $("search").addEventListener("input", offer);
  $("search").addEventListener("focus", () => $("search").value && offer());
  $("search").addEventListener("blur", hideFound);
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && offered.length) point((marked + 1) % offered.length);
    else if (event.key === "ArrowUp" && offered.length) point((marked + offered.length - 1) % offered.length);
    else if (event.key === "Enter" && offered[marked]) take(offered[marked]);
    else if (event.key === "Escape") {
      $("search").value = "";
      hideFound();
      $("search").blur();
    } else return;
    event.preventDefault();
  });
}
