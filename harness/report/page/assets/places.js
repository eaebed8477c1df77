// Where the reader is: views, deep links to areas, rules, examples and steps, filters in the address.
"use strict";
const places = (() => {
  const views = [...document.querySelectorAll("section.view")];

  const show = (name) => {
    for (const view of views) view.classList.toggle("shown", view.id === name);
    for (const link of document.querySelectorAll(".views a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };

  const go = async () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (hash.startsWith("?")) { show("specification"); await filters.read(hash.slice(1)); return; }
    const target = hash && document.getElementById(hash);
    show((target && target.closest("section.view")?.id) || "specification");
    if (!target) return;
    if (target.matches("section.view")) { scrollTo(0, 0); return; }
    if (target.closest("[hidden]")) await filters.clear();
    const example = target.closest(".example");
    if (example) {
      example.open = true;
      await evidence.draw(example);
      if (target === example) example.querySelector("summary").focus({ preventScroll: true });
    }
    // What was not drawn yet has only a guessed height: look again when it has its own.
    for (let turn = 0; turn < 3; turn++) {
      target.scrollIntoView({ block: "start", behavior: "instant" });
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
  };

  const remember = () => {
    const written = filters.written();
    const wanted = written ? `#?${written}` : "";
    if (location.hash === wanted || (!written && !location.hash.startsWith("#?"))) return;
    history.replaceState(null, "", wanted || "#specification");
  };

  addEventListener("hashchange", go);
  show("specification");
  return { go, show, remember };
})();
