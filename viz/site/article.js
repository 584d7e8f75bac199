"use strict";
// Lights up all characters of the note under the pointer or in the address, and the notes of the characters.

const notes = [...document.querySelectorAll(".notes li[id]")];
const hits = [...document.querySelectorAll(".printed .hit")];

function light(start, end) {
  for (const hit of hits) hit.classList.toggle("lit", +hit.dataset.start >= start && +hit.dataset.start < end);
}

function over(start) {
  return notes.filter((note) => +note.dataset.start <= start && +note.dataset.end > start);
}

function follow() {
  const [, sort, start, end] = location.hash.match(/^#([nc])-(\d+)(?:-(\d+))?$/) || [];
  if (!sort) return;
  const chosen = sort === "n" ? notes.filter((note) => note.id === location.hash.slice(1)) : over(+start);
  notes.forEach((note) => note.classList.toggle("lit", chosen.includes(note)));
  if (sort === "n") light(+start, +end);
  else if (!document.querySelector(".printed .lit") || chosen.length)
    light(+start, Math.max(...chosen.filter((note) => +note.dataset.start === +start).map((note) => +note.dataset.end), +start + 1));
}

for (const note of notes) {
  note.addEventListener("mouseenter", () => light(+note.dataset.start, +note.dataset.end));
}
window.addEventListener("hashchange", follow);
if (!new URLSearchParams(location.search).has("mark")) follow();
