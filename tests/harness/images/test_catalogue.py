"""One list, and who may say otherwise: the list, a file, a variable, a flag, in this order."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.images import catalogue
from harness.images.catalogue import BadList, as_environment, candidates, load
from harness.settings import read

PLAIN = replace(read({}), images_file=None)
DIGEST = f"sha256:{'b' * 64}"


def test_the_list_of_the_repository_holds_no_latest_and_no_made_up_digest() -> None:
    images = load(PLAIN).images

    assert {"redis", "kafka", "base/python", "subjects", "suite"} <= images.keys()
    for image in images.values():
        assert image.reference is not None or image.local, image.name
        assert image.licence, image.name
        assert image.purpose, image.name
        assert image.said_by == "the list"


def test_a_flag_wins_over_a_variable_and_a_variable_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[image.redis]\nreference = "mirror.test/redis:7.1"\n[image.kafka]\n'
                    f'reference = "mirror.test/kafka:4.1.0"\ndigest = "{DIGEST}"\n')  # fmt: skip
    seen = read({"GATEPROOF_IMAGES": str(file), "GATEPROOF_IMAGE_REDIS": "mirror.test/redis:7.2"})

    images = load(seen, ["base/python=mirror.test/python:3.11"]).images
    flagged = load(seen, ["redis=mirror.test/redis:7.3"]).images

    assert (str(images["redis"].reference), images["redis"].said_by) == (
        "mirror.test/redis:7.2", "GATEPROOF_IMAGE_REDIS",
    )  # fmt: skip
    assert str(images["kafka"].reference) == f"mirror.test/kafka:4.1.0@{DIGEST}"
    assert images["kafka"].said_by == str(file)
    assert images["base/python"].said_by == "--image"
    assert str(flagged["redis"].reference) == "mirror.test/redis:7.3"
    assert images["suite"].said_by == "the list"


def test_a_name_with_a_slash_has_a_variable_too() -> None:
    seen = read({"GATEPROOF_IMAGE_BASE_PYTHON": "mirror.test/python:3.11"})

    assert load(seen).images["base/python"].said_by == "GATEPROOF_IMAGE_BASE_PYTHON"
    assert as_environment(["base/python=a:1", "redis=b:2"]) == {
        "GATEPROOF_IMAGE_BASE_PYTHON": "a:1", "GATEPROOF_IMAGE_REDIS": "b:2",
    }  # fmt: skip


def test_a_digest_alone_pins_the_image_of_the_list(tmp_path: Path) -> None:
    file = tmp_path / "pins.toml"
    file.write_text(f'[image.redis]\ndigest = "{DIGEST}"\n')

    found = load(PLAIN, file=file).images["redis"]

    assert str(found.reference).startswith("redis:7.2")
    assert str(found.reference).endswith(f"@{DIGEST}")


def test_nothing_takes_the_place_of_what_somebody_chose() -> None:
    listed, chosen = load(PLAIN), load(PLAIN, ["redis=mirror.test/redis:7"])

    assert candidates(listed.image("redis"), ["abc"]) == [
        str(listed.image("redis").reference), "gateproof/redis:abc",
    ]  # fmt: skip
    assert candidates(chosen.image("redis"), ["abc"]) == ["mirror.test/redis:7"]
    assert candidates(listed.image("subjects"), ["abc"]) == ["gateproof/subjects:abc"]


def test_an_image_that_is_not_listed_is_refused() -> None:
    with pytest.raises(BadList, match=r"'mongo' is not listed .* refused; listed are redis, kafka"):
        load(PLAIN).image("mongo")


@pytest.mark.parametrize(
    ("flag", "complaint"),
    [
        ("redis", "--image takes NAME=REFERENCE"),
        ("mongo=a:1", "--image: there is no image 'mongo'"),
        ("redis=redis:latest", "--image: image reference 'redis:latest' means `latest`"),
    ],
)
def test_a_flag_that_cannot_be_used_is_one_line(flag: str, complaint: str) -> None:
    with pytest.raises(BadList, match=complaint):
        load(PLAIN, [flag])


def test_a_variable_for_no_image_is_refused() -> None:
    with pytest.raises(BadList, match="GATEPROOF_IMAGE_REDDIS: there is no image 'reddis'"):
        load(read({"GATEPROOF_IMAGE_REDDIS": "redis:7"}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("= 1", "is not TOML"),
        ("[images.redis]", r"expected tables such as \[image.redis\], found 'images'"),
        ("[image]\nredis = 1", "image.redis is no table"),
        ("[image.redis]\nrefrence = 'a:1'", "has no field 'refrence'"),
        ("[image.redis]\nreference = 7", "has to be str, found 7"),
        ("[image.redis]\nreference = 'a'", "means `latest`"),
        ("[image.mongo]\nreference = 'a:1'", "there is no image 'mongo'"),
        ("[image.redis]\nreference = 'a:1'\ndigest = 'sha256:1'", "64 hexadecimal"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)

    with pytest.raises(BadList, match=complaint) as raised:
        load(PLAIN, file=file)
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadList, match=r"cannot read the list of images .*none.toml: No such file"):
        load(PLAIN, file=tmp_path / "none.toml")


def test_the_list_is_where_the_docs_say() -> None:
    assert catalogue.LIST.name == "images.toml"
