// Replaces the content of the page when the server says that something has changed.
// Without this script the page is complete; it shows what was known when it was loaded.
"use strict";

const events = new EventSource(document.currentScript.dataset.events);

events.addEventListener("changed", async () => {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const name of ["main", "footer"]) {
    const [old, next] = [document, fresh].map((page) => page.querySelector(name));
    if (old.innerHTML === next.innerHTML) continue;
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
    for (const summary of next.querySelectorAll("details > summary")) {
      summary.parentElement.open = open.has(summary.textContent);
    }
    old.replaceWith(next);
  }
});
