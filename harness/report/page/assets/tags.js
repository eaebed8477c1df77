// Tag expressions: `needs-rig and not slow`, with `or` and parentheses. A pure function.
"use strict";
const tagExpression = (() => {
  const parse = (text) => {
    const words = text.replaceAll("@", "").match(/[()]|[^\s()]+/g) ?? [];
    let at = 0;
    const is = (word) => words[at]?.toLowerCase() === word && ++at > 0;
    const either = () => {
      let left = both();
      while (is("or")) { const a = left, b = both(); left = (tags) => a(tags) || b(tags); }
      return left;
    };
    const both = () => {
      let left = one();
      while (is("and")) { const a = left, b = one(); left = (tags) => a(tags) && b(tags); }
      return left;
    };
    const one = () => {
      if (is("not")) { const inner = one(); return (tags) => !inner(tags); }
      if (is("(")) {
        const inner = either();
        if (!is(")")) throw new Error("a parenthesis is not closed");
        return inner;
      }
      const word = words[at++];
      if (word === undefined) throw new Error("a tag is missing at the end");
      if (word === ")" || word === "and" || word === "or") throw new Error(`a tag is missing before “${word}”`);
      return (tags) => tags.has(word);
    };
    const found = either();
    if (at < words.length) throw new Error(`“and” or “or” is missing before “${words[at]}”`);
    return { fits: found, names: words.filter((w) => !/^([()]|and|or|not)$/i.test(w)) };
  };
  return { parse };
})();
