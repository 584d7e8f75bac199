"use strict";
// Fetches what is to be drawn, and meanwhile the scripts up to the one that reads it; then runs the others.

(async ({ dataset: { from, scripts }, nonce }) => {
  const frame = document.querySelector(".frame");
  if (!frame) return;
  const asked = fetch(from);
  const sources = scripts.trim().split(" ");
  const reader = sources.findIndex((source) => source.includes("/data.js"));
  const run = (source) => {
    const script = document.createElement("script");
    Object.assign(script, { src: source, nonce, async: false });
    document.head.append(script);
  };
  sources.slice(0, reader).forEach(run);
  const answer = await asked;
  if (!answer.ok) return;
  document.getElementById("data").textContent = await answer.text();
  sources.slice(reader).forEach(run);
})(document.currentScript);
