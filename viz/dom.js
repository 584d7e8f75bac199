// Elements are made from text alone: nothing an article says is ever parsed as markup.

const $ = (id) => document.getElementById(id);

/** An element with attributes (`on…` are listeners) and children (strings become text). */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== ""));
  return element;
}

function button(text, attributes, ...children) {
  return make("button", { type: "button", ...attributes }, text, ...children);
}

/** The mark of a class, as in the graph. */
function mark(style) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"),
    path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", style.path);
  path.setAttribute("fill", style.color);
  svg.append(path);
  return svg;
}

/** A CSS variable of the theme in force, for the canvas. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
