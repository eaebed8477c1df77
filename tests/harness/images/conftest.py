"""The list of the repository, without what this machine says about it."""

import pytest

from harness.images import catalogue
from harness.images.catalogue import Catalogue
from harness.settings import read


@pytest.fixture
def listed() -> Catalogue:
    return catalogue.load(read({}))
