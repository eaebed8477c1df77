"""The repository's own features pass the lint, and there are enough of them to mean something."""

import importlib

from harness.settings import ROOT
from harness.specification import catalogue, sentences
from harness.specification.lint import lint
from steps import MODULES

FEATURES = ROOT / "features"


def test_the_features_have_no_finding() -> None:
    for name in MODULES:
        importlib.import_module(name)

    assert lint([FEATURES], sentences.definitions(), ROOT) == []


def test_there_are_at_least_forty_examples_with_ids_of_their_own() -> None:
    ids = [
        example.id
        for path in catalogue.feature_files([FEATURES])
        for example in catalogue.examples_of(catalogue.parse(path), ROOT)
    ]

    assert len(ids) >= 40
    assert len(set(ids)) == len(ids)
