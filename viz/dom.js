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

const SHAPES = {
  dot: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z",
  square: "M2.5 2.5h11v11h-11z",
  diamond: "M8 .8 15.2 8 8 15.2.8 8z",
  triangle: "M8 1.8 15 14H1z",
  triangleDown: "M8 14.2 15 2H1z",
  star: "m8 .8 2.1 4.7 5.1.5-3.9 3.4 1.2 5L8 11.8l-4.5 2.6 1.2-5L.8 6l5.1-.5z",
  hexagon: "M4.2 1.6h7.6L15.4 8l-3.6 6.4H4.2L.6 8z",
};

/** The mark of a class, as in the graph. */
function mark(style) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"),
    path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[style.shape]);
  path.setAttribute("fill", style.color);
  svg.append(path);
  return svg;
}

/** A CSS variable of the theme in force, for the canvas. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
