// The legend: a mark for each class, a line for each relation; a click hides, a double click isolates.

function legend() {
  const row = (group, keys, key, sign, name, count) =>
    button(
      "",
      {
        class: "row",
        title: say("isolate"),
        "aria-pressed": String(!hidden[group].has(key)),
        onclick: () => {
          toggle(hidden[group], key);
          render();
        },
        ondblclick: () => {
          keys.forEach((other) => hidden[group].add(other));
          hidden[group].delete(key);
          render();
        },
      },
      sign,
      make("span", {}, name),
      make("span", { class: "count" }, String(count)),
    );
  const part = (title, group, rows) =>
    make(
      "section",
      {},
      make(
        "h2",
        {},
        title,
        button(say("all"), {
          class: "quiet",
          onclick: () => {
            hidden[group].clear();
            render();
          },
        }),
        button(say("none"), {
          class: "quiet",
          onclick: () => {
            rows.forEach(([key]) => hidden[group].add(key));
            render();
          },
        }),
      ),
      rows.map((content) =>
        row(
          group,
          rows.map(([key]) => key),
          ...content,
        ),
      ),
    );
  const kinds = new Map(tally(DATA.nodes, (node) => thing(node.id).type)),
    lines = tally(DATA.edges, (edge) => edge.says);
  const order = [...new Set([...Object.keys(DATA.classes), ...kinds.keys()])].filter((kind) =>
    kinds.has(kind),
  );
  const look = (kind) => DATA.classes[kind] || { ...DATA.plain, zh: kind, en: kind };
  $("legend").replaceChildren(
    part(
      say("classes"),
      "kinds",
      order.map((kind) => [kind, mark(look(kind)), nameOf(look(kind)), kinds.get(kind)]),
    ),
    part(
      say("relations"),
      "relations",
      lines.map(([says, count]) => [
        says,
        make("i", { class: says ? "line" : "line dashed" }),
        relation(says),
        count,
      ]),
    ),
  );
}

function toggle(set, key) {
  if (!set.delete(key)) set.add(key);
}
