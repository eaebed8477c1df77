"""The keeper: newest wins, older and foreign ones are ignored, trouble is said once."""

import asyncio
import json

from gateway.last_good.keeper import Keeper
from gateway.last_good.places import PlaceAway
from gateway.last_good.seal import LastGood, sealed

KEY = b"k" * 32


class Shelf:
    """A place in memory that can be away, and that others can write to."""

    kind = "shelf"

    def __init__(self):
        self.values, self.away, self.rivals, self.reads = {}, 0, [], 0

    async def read(self, name):
        self.reads += 1
        await asyncio.sleep(0)
        if self.away:
            self.away -= 1
            raise PlaceAway("the shelf is gone")
        return self.values.get(name)

    async def replace(self, name, tag, content):
        await asyncio.sleep(0)
        if self.rivals and name.startswith("snapshot:"):
            self.values[name] = self.rivals.pop()
        if not self.values.get(name, b"").startswith(tag) or (not tag and name in self.values):
            return False
        self.values[name] = content
        return True


class Lines:
    def __init__(self):
        self.said = []

    def warning(self, message, **fields):
        self.said.append((message, fields))


def keeper(shelf, lines=None, name="a,e,g", key=KEY, marks=()):
    return Keeper(shelf, name, key, lines or Lines(), lambda: "then", marks)


def kept(version, document=b"{}", name="snapshot:a,e,g", key=KEY):
    return sealed(LastGood(version, "then", document), name, key)


async def saved(shelf, *versions, lines=None):
    found = keeper(shelf, lines)
    for version in versions:
        found.keep(version, b'{"v":%d}' % version)
    await found.finish(5)
    return found


def test_the_newest_is_found_again():
    async def scenario():
        shelf = Shelf()
        found = await saved(shelf, 1, 2, 3)
        assert found.kept == LastGood(3, "then", b'{"v":3}')
        return await keeper(shelf).load()

    found = asyncio.run(scenario())
    assert (found.version, json.loads(found.document)) == (3, {"v": 3})


def test_nothing_is_found_where_nothing_was_kept():
    assert asyncio.run(keeper(Shelf()).load()) is None


def test_a_replica_that_is_behind_overwrites_nothing():
    async def scenario():
        shelf = Shelf()
        await saved(shelf, 5)
        await saved(shelf, 4)
        return await keeper(shelf).load()

    assert asyncio.run(scenario()).version == 5


def test_a_rival_that_is_newer_wins_the_race():
    async def scenario():
        shelf = Shelf()
        await saved(shelf, 1)
        shelf.rivals = [kept(9)]
        await saved(shelf, 2)
        return shelf.values["snapshot:a,e,g"]

    assert asyncio.run(scenario()) == kept(9)


def test_endless_rivals_are_trouble(monkeypatch):
    monkeypatch.setattr("gateway.last_good.keeper.FIRST_RETRY_S", 0.001)
    lines = Lines()

    async def scenario():
        shelf = Shelf()
        shelf.rivals = [kept(version, b"x") for version in range(5, 0, -1)]
        return await saved(shelf, 6, lines=lines)

    found = asyncio.run(scenario())
    assert found.kept.version == 6
    assert found.error is None
    assert [fields["error"] for _, fields in lines.said] == [
        "cannot keep version 6: others keep writing there"
    ]


def test_what_was_tampered_with_is_replaced():
    async def scenario():
        shelf = Shelf()
        shelf.values["snapshot:a,e,g"] = b"garbage that claims version 99"
        await saved(shelf, 2)
        return await keeper(shelf).load()

    assert asyncio.run(scenario()).version == 2


def test_tampered_foreign_and_older_ones_are_ignored_with_one_line():
    tampered = kept(3).replace(b'"version": 3', b'"version": 4')
    old = kept(2)
    for there, why in (
        (tampered, "it was changed"),
        (kept(3)[:-1], "it was changed, cut short"),
        (kept(3, name="snapshot:b,e,g"), "it belongs to snapshot:b,e,g"),
        (kept(3, key=b"other"), "sealed with another key"),
        (b"", "it is no snapshot"),
        (old, "it is version 2, and version 3 ran here before"),
    ):
        shelf, lines = Shelf(), Lines()

        async def scenario(shelf=shelf, lines=lines, there=there):
            await saved(shelf, 3)
            shelf.values["snapshot:a,e,g"] = there
            found = keeper(shelf, lines)
            assert await found.load() is None
            return found.error

        assert why in asyncio.run(scenario())
        assert len(lines.said) == 1


def test_the_mark_of_another_place_counts_as_well():
    async def scenario():
        shelf, own = Shelf(), Shelf()
        found = keeper(shelf, marks=(own,))
        found.keep(8, b"{}")
        await found.finish(5)
        shelf.values = {"snapshot:a,e,g": kept(7), "newest:a,e,g": kept(7, b"", "newest:a,e,g")}
        return await keeper(shelf, marks=(own,)).load()

    assert asyncio.run(scenario()) is None


def test_a_place_that_is_away_is_tried_again(monkeypatch):
    monkeypatch.setattr("gateway.last_good.keeper.FIRST_RETRY_S", 0.001)
    lines = Lines()

    async def scenario():
        shelf = Shelf()
        shelf.away = 2
        found = await saved(shelf, 4, lines=lines)
        assert found.kept.version == 4
        shelf.away = 1
        assert await keeper(shelf, lines).load() is None

    asyncio.run(scenario())
    assert [message for message, _ in lines.said] == [
        "snapshot not kept",
        "snapshot ignored: the shelf is gone",
    ]


def test_an_end_does_not_wait_for_a_place_that_stays_away():
    async def scenario():
        shelf = Shelf()
        shelf.away = 1000
        found = keeper(shelf)
        found.keep(1, b"{}")
        await found.finish(0.01)
        await keeper(shelf).finish(0.01)
        return found

    found = asyncio.run(scenario())
    assert found.kept is None
    assert found.error == "cannot keep version 1: the shelf is gone"
    assert found.kind == "shelf"
