"""A build gets the stages that it needs; the legacy builder would make all that come before."""

import pytest

from harness.images import content
from harness.images.stages import stages

FILE = """\
ARG BASE
FROM ${BASE} AS tools
RUN tools
FROM ${BASE} AS other
COPY --from=elsewhere:1 /a /a
FROM tools AS last
COPY --from=parts /b /b
FROM scratch AS parts
RUN parts
"""


def test_a_stage_comes_with_what_it_is_from_and_what_it_copies_from() -> None:
    cut = stages(FILE, "last")

    assert cut.startswith("ARG BASE\nFROM ${BASE} AS tools\nRUN tools\n")
    assert "RUN parts" in cut
    assert "other" not in cut


def test_a_stage_alone_stays_alone() -> None:
    assert (
        stages(FILE, "other") == "ARG BASE\nFROM ${BASE} AS other\nCOPY --from=elsewhere:1 /a /a\n"
    )


def test_a_stage_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no stage 'none'; there are tools, other, last, parts"):
        stages(FILE, "none")


def test_the_image_of_the_subjects_needs_nothing_of_the_suite() -> None:
    cut = stages(content.DOCKERFILE.read_text(), "subjects")

    assert "subjects-wheels" in cut
    assert "suite" not in cut[cut.index("FROM") :]


def test_every_image_has_its_stage() -> None:
    for name in content.OURS:
        assert f"AS {name}\n" in stages(content.DOCKERFILE.read_text(), name)
    for name in (content.REDIS, content.KAFKA):
        assert f"AS {name}\n" in stages(content.STAND_INS.read_text(), name)
