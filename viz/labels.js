// Names on the canvas: the same size at every zoom, never over one another, the most connected first.

const HAN = /[\u3400-\u9fff]/;
const LINE = 9,
  LINES = 3; // as kg/view.py lays out

/** A name on few short lines; Chinese has no spaces at which the canvas could break it. */
function wrapped(name, close) {
  if (!close) return [cut(name, 12)];
  if (!HAN.test(name)) {
    const lines = [""];
    for (const word of name.split(" ")) {
      if (lines.at(-1).length + word.length > 18 && lines.at(-1)) lines.push("");
      lines.push(`${lines.pop()} ${word}`.trim());
    }
    return lines.length > LINES ? [...lines.slice(0, LINES - 1), lines[LINES - 1] + "…"] : lines;
  }
  const count = Math.min(Math.ceil(name.length / LINE), LINES),
    width = Math.min(Math.ceil(name.length / count), LINE);
  const lines = Array.from({ length: count }, (_, i) => name.slice(i * width, (i + 1) * width));
  for (let i = 1; i < count; i++) {
    const [closing] = lines[i].match(/^[”’》〉）)」』】、]+/) || [""]; // which no line begins with
    lines[i - 1] += closing;
    lines[i] = lines[i].slice(closing.length);
  }
  return name.length > LINE * LINES ? [...lines.slice(0, -1), lines.at(-1) + "…"] : lines;
}

function cut(name, length) {
  const most = HAN.test(name) ? length : length * 2;
  return name.length > most ? name.slice(0, most - 1) + "…" : name;
}

/** Boxes that are taken in what is in sight of the paper. */
class Taken {
  boxes = [];
  constructor(sight) {
    this.sight = sight;
  }
  free(box, own, names = false) {
    const { left, right, top, bottom } = this.sight;
    return (
      box.x > left &&
      box.x + box.w < right &&
      box.y > top &&
      box.y + box.h < bottom &&
      this.boxes.every(
        (other) =>
          (names && other.own) ||
          (own && other.own === own) ||
          box.x + box.w < other.x ||
          other.x + other.w < box.x ||
          box.y + box.h < other.y ||
          other.y + other.h < box.y,
      )
    );
  }
  take(box) {
    this.boxes.push(box);
  }
}

/** Draws, and returns the boxes of, the names of `items` ({id, x, y, size, font, name, ink}, most important first) and then of `lines`. */
function letter(context, scale, sight, items, lines) {
  const taken = new Taken(sight),
    close = scale > 0.62;
  for (const { id, x, y, size } of items)
    taken.take({ x: x - size * 0.8, y: y - size * 0.8, w: size * 1.6, h: size * 1.6, own: id });
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineJoin = "round";
  for (const item of items) {
    const pixels = Math.min(Math.max(item.font * scale, 11 + Math.min(4, (item.font - 13) * 0.5)), 22),
      height = pixels / scale;
    context.font = `${item.bold ? 600 : 400} ${height}px ${FONT}`;
    const text = wrapped(item.name, close),
      w = Math.max(...text.map((line) => context.measureText(line).width)),
      h = height * 1.18 * text.length,
      gap = 3 / scale;
    const places = [
      [item.x - w / 2, item.y + item.size + gap],
      [item.x + item.size + gap, item.y - h / 2],
      [item.x - item.size - gap - w, item.y - h / 2],
      [item.x - w / 2, item.y - item.size - gap - h],
    ];
    const place =
      places.find(([x, y]) => taken.free({ x, y, w, h }, item.id)) ||
      (item.font > 17 && places.find(([x, y]) => taken.free({ x, y, w, h }, item.id, true))) ||
      (item.bold && places[0]);
    if (!place) continue;
    taken.take({ x: place[0], y: place[1], w, h, of: item.id });
    write(context, text, place[0] + w / 2, place[1], height, item.ink, scale);
  }
  context.font = `400 ${11 / scale}px ${FONT}`;
  for (const line of lines) {
    const w = context.measureText(line.name).width,
      h = 13 / scale;
    const box = line.spots
      .map(({ x, y }) => ({ x: x - w / 2, y: y - h / 2, w, h }))
      .find((box) => taken.free(box));
    if (!box || line.room < w + 8 / scale) continue;
    taken.take({ ...box, of: line.id });
    write(context, [line.name], box.x + w / 2, box.y, 11 / scale, line.ink, scale);
  }
  return taken.boxes.filter((box) => box.of);
}

function write(context, text, x, y, height, ink, scale) {
  context.strokeStyle = colour("--paper");
  context.lineWidth = 4 / scale;
  context.fillStyle = ink;
  text.forEach((line, i) => {
    context.strokeText(line, x, y + i * height * 1.18);
    context.fillText(line, x, y + i * height * 1.18);
  });
}
