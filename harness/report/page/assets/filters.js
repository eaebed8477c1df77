// Which examples are shown: text, tags, capability and verdicts, all of them at once.
"use strict";
const filters = (() => {
  const $ = (id) => document.getElementById(id);
  const examples = [...document.querySelectorAll(".example")].map((node) => ({
    node,
    tags: new Set(node.dataset.tags.split(" ").filter(Boolean)),
    verdict: node.dataset.v,
    text: [...node.querySelectorAll("summary .title, .steps, .evidence"), node.closest(".rule").querySelector("h4"), node.closest(".feature").querySelector("h3")]
      .map((one) => one.textContent).join(" ").replace(/\s+/g, " ").toLowerCase(),
  }));
  const groups = [".rule", ".feature", ".area"].flatMap((kind) => [...document.querySelectorAll(kind)]);
  const chips = [...document.querySelectorAll(".chip")];
  const known = new Set(examples.flatMap((one) => [...one.tags]));
  let evidenceWords = null;
  let turn = 0;

  const expression = () => {
    const input = $("tags"), problem = $("tags-problem");
    let fits = () => true, said = "";
    if (input.value.trim()) {
      try {
        const parsed = tagExpression.parse(input.value);
        fits = parsed.fits;
        const strange = parsed.names.find((name) => !known.has(name));
        if (strange) said = `No example has the tag @${strange}.`;
      } catch (error) {
        said = `Cannot read the tags: ${error.message}.`;
      }
    }
    input.setAttribute("aria-invalid", String(Boolean(said)));
    problem.textContent = said;
    return fits;
  };

  const apply = async () => {
    const mine = ++turn;
    const words = $("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.some((word) => word.length > 2) && !evidenceWords) {
      evidenceWords = await evidence.words().catch(() => ({}));
      if (mine !== turn) return;
    }
    const pressed = new Set(chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.verdict));
    const fits = expression(), need = $("needs").value;
    let shown = 0;
    for (const one of examples) {
      const capable = !need || (need === "-" ? ![...one.tags].some((t) => t.startsWith("needs-")) : one.tags.has(need));
      const said = (word) => one.text.includes(word) || evidenceWords?.[one.node.id]?.includes(word);
      const fit = capable && (!pressed.size || pressed.has(one.verdict)) && fits(one.tags) && words.every(said);
      one.node.hidden = !fit;
      shown += fit;
    }
    for (const group of groups) group.hidden = !group.querySelector(".example:not([hidden])");
    const all = shown === examples.length && !active();
    $("found").textContent = all ? `${examples.length} examples` : `${shown} of ${examples.length} examples`;
    $("clear").hidden = !active();
    $("nothing").hidden = shown > 0;
    mark(words);
    places.remember();
  };

  const active = () => Boolean($("q").value || $("tags").value || $("needs").value || chips.some((c) => c.getAttribute("aria-pressed") === "true"));
  const clear = () => {
    for (const id of ["q", "tags", "needs"]) $(id).value = "";
    chips.forEach((chip) => chip.setAttribute("aria-pressed", "false"));
    return apply();
  };

  const mark = (words) => {
    if (!window.CSS?.highlights) return;
    CSS.highlights.delete("found");
    if (!words.length) return;
    const ranges = [];
    const nodes = document.createTreeWalker($("specification"), NodeFilter.SHOW_TEXT);
    while (nodes.nextNode() && ranges.length < 2000) {
      const node = nodes.currentNode, text = node.data.toLowerCase();
      if (!node.parentElement.closest(".area")) continue;
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, Math.min(at + word.length, node.length));
          ranges.push(range);
        }
      }
    }
    if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
  };

  const failures = () => {
    const bad = chips.filter((chip) => ["broken", "unknown"].includes(chip.dataset.verdict));
    const on = bad.some((chip) => chip.getAttribute("aria-pressed") !== "true");
    chips.forEach((chip) => chip.setAttribute("aria-pressed", String(on && bad.includes(chip))));
    return apply();
  };

  // Filters as they stand in an address, and back.
  const written = () => {
    const found = new URLSearchParams();
    for (const id of ["q", "tags", "needs"]) if ($(id).value) found.set(id, $(id).value);
    for (const chip of chips) if (chip.getAttribute("aria-pressed") === "true") found.append("verdict", chip.dataset.verdict);
    return found.toString();
  };
  const read = (text) => {
    const found = new URLSearchParams(text);
    for (const id of ["q", "tags", "needs"]) $(id).value = found.get(id) ?? "";
    const verdicts = found.getAll("verdict");
    chips.forEach((chip) => chip.setAttribute("aria-pressed", String(verdicts.includes(chip.dataset.verdict))));
    return apply();
  };

  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("input", apply);
  chips.forEach((chip) => chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    apply();
  }));
  $("clear").addEventListener("click", () => { clear(); $("q").focus(); });
  $("all-steps").addEventListener("click", () => steps());
  const steps = () => {
    const button = $("all-steps"), open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Hide steps" : "Show steps";
    for (const { node } of examples) if (!node.hidden) node.open = open;
  };
  return { apply, clear, active, failures, steps, written, read, shown: () => examples.filter((one) => !one.node.hidden) };
})();
