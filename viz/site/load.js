"use strict";
// Fetches what is to be drawn, then runs the scripts that draw it, one after the other.

(async ({ dataset: { from, scripts }, nonce }) => {
  const frame = document.querySelector(".frame");
  if (!frame) return;
  const answer = await fetch(from);
  if (!answer.ok) return;
  document.getElementById("data").textContent = await answer.text();
  for (const source of scripts.trim().split(" ")) {
    const script = document.createElement("script");
    Object.assign(script, { src: source, nonce, async: false });
    document.head.append(script);
  }
})(document.currentScript);
