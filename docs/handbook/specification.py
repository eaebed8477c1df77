"""The features as values, read once: which example says a sentence, or shows an outcome."""

import re
from functools import cache

from harness.settings import ROOT
from harness.specification.catalogue import Example, examples_of, feature_files, parse
from harness.specification.sentences import Definition


@cache
def examples() -> tuple[Example, ...]:
    """Every example of `features/`, in the order of files and lines."""
    return tuple(
        example
        for path in feature_files([ROOT / "features"])
        for example in examples_of(parse(path), ROOT)
    )


def first_use(definition: Definition) -> tuple[str, Example] | None:
    """Return how a feature says a sentence, and the example that does."""
    for example in examples():
        for sentence in example.sentences:
            if definition.matches(sentence.kind, sentence.text):
                return sentence.text, example
    return None


def first_shown(phrase: str) -> Example | None:
    """Return an example that proves an outcome."""
    said = re.compile(rf"\b(?:is|are) {re.escape(phrase)}$")
    for example in examples():
        if any(one.kind == "then" and said.search(one.text) for one in example.sentences):
            return example
    return None
