// Replaces the content of the page when the server says that something has changed, and when the
// stream begins: what changed before, or while the connection was lost, was not announced.
// Without this script the page is complete; it shows what was known when it was loaded.
"use strict";

const events = new EventSource(document.currentScript.dataset.events);
let refreshing = false;
let again = false;

for (const name of ["ready", "changed"]) events.addEventListener(name, refresh);

// One request at a time; what is announced meanwhile takes one more.
async function refresh() {
  again = true;
  if (refreshing) return;
  refreshing = true;
  while (again) {
    again = false;
    try {
      await replaceContent();
    } catch {
      // The server is away: the stream begins anew when it is back.
    }
  }
  refreshing = false;
}

async function replaceContent() {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const name of ["main", "footer"]) {
    const [old, next] = [document, fresh].map((page) => page.querySelector(name));
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    // Nothing is taken away from under the hands of somebody who fills in a form.
    if (focused?.form) continue;
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
    for (const summary of next.querySelectorAll("details > summary")) {
      summary.parentElement.open = open.has(summary.textContent);
    }
    if (old.innerHTML === next.innerHTML) continue;
    old.replaceWith(next);
    if (focused) sameIn(next, focused)?.focus({ preventScroll: true });
  }
}

// The element of the new content that the reader had focused in the old one.
function sameIn(content, focused) {
  return [...content.querySelectorAll(focused.localName)].find(
    (each) => each.textContent === focused.textContent && each.getAttribute("href") === focused.getAttribute("href"),
  );
}
