// Keys: single letters, outside of fields, and only while the reader wants them (WCAG 2.1.4).
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const dialog = $("keys"), wanted = $("keys-on"), root = document.documentElement;
  const keep = (name, value) => { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* keeps nothing */ } };
  try { wanted.checked = localStorage.getItem("gateproof-keys") !== "off"; } catch { /* keeps nothing */ }
  wanted.addEventListener("change", () => keep("gateproof-keys", wanted.checked ? null : "off"));

  const themes = [null, "light", "dark"];
  const theme = (chosen) => {
    if (chosen) root.dataset.theme = chosen; else delete root.dataset.theme;
    keep("gateproof-theme", chosen);
    $("theme").setAttribute("aria-label", `Light or dark: ${chosen ?? "follow the system"}`);
  };
  const turn = () => theme(themes[(themes.indexOf(root.dataset.theme ?? null) + 1) % themes.length]);
  $("theme").addEventListener("click", turn);
  theme(root.dataset.theme ?? null);

  const move = (by, only = () => true) => {
    places.show("specification");
    const list = filters.shown().filter(only).map((one) => one.node);
    if (!list.length) return;
    const now = document.activeElement?.closest?.(".example");
    let at = list.indexOf(now) + by;
    if (now && !list.includes(now)) at = list.findIndex((one) => now.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    else if (!now) at = by > 0 ? 0 : list.length - 1;
    const next = list[Math.min(Math.max(at, 0), list.length - 1)];
    next.querySelector("summary").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (next.getBoundingClientRect().top < 120) scrollBy({ top: -140, behavior: "instant" });
  };
  const view = (name) => { if ($(name)) location.hash = name; };
  const failed = (one) => ["broken", "unknown"].includes(one.verdict);
  const letters = {
    "/": () => { places.show("specification"); $("q").focus(); $("q").select(); },
    j: () => move(1), k: () => move(-1), n: () => move(1, failed),
    f: () => { places.show("specification"); filters.failures(); },
    s: () => filters.steps(), t: turn, "?": () => dialog.showModal(),
    1: () => view("specification"), 2: () => view("coverage"), 3: () => view("bugs"), 4: () => view("run"),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest?.("input, select, textarea");
    if (event.key === "Escape") {
      if (dialog.open) return;
      const example = event.target.closest?.(".example[open]");
      if (field) field.blur();
      else if (example) { example.open = false; example.querySelector("summary").focus(); return; }
      if (filters.active()) filters.clear();
      return;
    }
    if (field?.id === "q" && event.key === "Enter") { field.blur(); move(1); return; }
    if (field || dialog.open || !wanted.checked || !Object.hasOwn(letters, event.key)) return;
    event.preventDefault();
    letters[event.key]();
  });
  $("keys-button").addEventListener("click", () => dialog.showModal());
  $("keys-close").addEventListener("click", () => dialog.close());
  places.go();
})();
