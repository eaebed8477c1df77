"""Where sealed documents are kept."""

import asyncio

import pytest

from gateway.counters.address import parse_redis_url
from gateway.last_good.places import Folder, PlaceAway, SharedRedis
from gateway.last_good.seal import LastGood, sealed, tag_of

OLD, NEW = (sealed(LastGood(version, "now", b"{}"), "n", b"key") for version in (1, 2))


def test_a_folder_holds_files_for_its_owner_only(tmp_path):
    async def scenario():
        folder = Folder(tmp_path)
        assert await folder.read("n") is None
        assert await folder.replace("n", b"", OLD)
        assert await folder.replace("n", tag_of(OLD), NEW)
        assert await folder.read("n") == NEW

    asyncio.run(scenario())
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    async def scenario():
        (tmp_path / "n").mkdir()
        with pytest.raises(PlaceAway, match=r"cannot read .*/n: Is a directory"):
            await Folder(tmp_path).read("n")
        with pytest.raises(PlaceAway, match=r"cannot write .*: No such file or directory"):
            await Folder(tmp_path / "gone").replace("n", b"", OLD)

    asyncio.run(scenario())


def test_redis_replaces_only_what_was_seen(redis_server):
    async def scenario():
        place = SharedRedis(parse_redis_url(redis_server.url))
        assert await place.read("n") is None
        assert await place.replace("n", b"", OLD)
        assert not await place.replace("n", b"", NEW)
        assert await place.read("n") == OLD
        assert await place.replace("n", tag_of(OLD), NEW)
        assert await place.read("n") == NEW

    asyncio.run(scenario())
    assert redis_server.command("KEYS", "*") == ["gateway:n"]


def test_a_redis_that_is_away_is_said(tmp_path):
    async def scenario():
        with pytest.raises(PlaceAway, match="no Redis at"):
            await SharedRedis(parse_redis_url(f"unix://{tmp_path}/r.sock")).read("n")

    asyncio.run(scenario())
