// The compressed block: unpacked once, when the first piece is wanted; a piece is drawn where it is read.
"use strict";
const evidence = (() => {
  const block = document.getElementById("packed");
  let whole = null;
  const unpack = async () => {
    const text = block.textContent;
    if (!text) return { index: {}, bytes: new Uint8Array() };
    if (typeof DecompressionStream === "undefined") {
      throw Object.assign(new Error("This browser cannot unpack the evidence (it has no DecompressionStream). A newer Chrome, Edge, Firefox or Safari can; run.ndjson beside this file holds the same."), { told: true });
    }
    const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const end = bytes.indexOf(10);
    return { index: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))), bytes: bytes.subarray(end + 1) };
  };
  const ready = () => (whole ??= unpack().catch((error) => {
    throw error.told ? error : new Error(`The evidence could not be unpacked: the file may be damaged (${error.message || error.name}).`);
  }));
  const piece = ({ index, bytes }, name) => {
    const [at, size] = index[name] ?? [0, 0];
    return new TextDecoder().decode(bytes.subarray(at, at + size));
  };
  // Draws into every empty place below an element.
  const draw = async (element) => {
    for (const place of element.querySelectorAll("[data-evidence]")) {
      const name = place.dataset.evidence;
      delete place.dataset.evidence;
      place.classList.add("waiting");
      try {
        place.innerHTML = piece(await ready(), name);
      } catch (error) {
        const words = document.createElement("p");
        words.className = "notice";
        words.textContent = error.message;
        place.replaceChildren(words);
      }
      place.classList.remove("waiting");
    }
  };
  // What a piece says, in small letters and without markup; for the search.
  const words = async () => {
    const all = await ready();
    return Object.fromEntries(Object.keys(all.index).map((name) => [
      name,
      piece(all, name).replace(/<[^>]*>/g, " ").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
        .replaceAll("&#34;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&").toLowerCase(),
    ]));
  };
  return { draw, words };
})();
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches?.(".example")) evidence.draw(event.target);
}, true);
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".copy");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1600);
});
