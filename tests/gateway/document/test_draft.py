"""A draft: what is taken is taken once, ids are the same everywhere, disabled things are not there."""

from gateway.document.draft import Draft, Surroundings, present, remember
from gateway.document.fields import Fields


def a_draft():
    return Draft(Surroundings({}))


def entity(draft, pointer="/x", **raw):
    return Fields(raw, pointer, draft.problems)


def test_a_key_is_taken_once():
    draft = a_draft()
    assert draft.taken("/a", "kind", "k") is None
    assert draft.taken("/a", "kind", "k") is None
    assert draft.taken("/b", "kind", "k") == "/a"
    assert draft.taken("/b", "other", "k") is None


def test_complaints_name_the_other_and_hide_secrets():
    draft = a_draft()
    for at in ("/a", "/b"):
        draft.claim(entity(draft, at), "key", "plain", "shown")
        draft.claim(entity(draft, at), "key", "hidden", "unshown", secret=True)
    assert [str(problem) for problem in draft.problems] == [
        '/b/key "shown" is already declared at /a/key',
        "/b/key is already declared at /a/key",
    ]


def test_ids_are_as_written_or_follow_from_the_unique_name():
    draft, other = a_draft(), a_draft()
    assert draft.identify(entity(draft, id="mine"), "service", "users") == "mine"
    derived = draft.identify(entity(draft, "/y"), "route", "users")
    assert derived == other.identify(entity(other, "/z"), "route", "users")
    assert derived != other.identify(entity(other, "/z"), "consumer", "users")
    unnamed = draft.identify(entity(draft), "route", None, "content")
    assert unnamed == other.identify(entity(other), "route", None, "content")
    assert unnamed != draft.identify(entity(draft), "route", None, "other")
    assert draft.problems == []


def test_a_name_or_an_id_that_is_taken_is_a_problem():
    draft = a_draft()
    draft.identify(entity(draft, "/a", id="i"), "consumer", "acme")
    draft.identify(entity(draft, "/b", id="i"), "consumer", "acme")
    assert [problem.pointer for problem in draft.problems] == ["/b/username", "/b/id"]


def test_what_is_remembered_is_found_by_both_and_listed_once():
    found = {}
    remember(found, "id-1", "name", "entity")
    remember(found, "id-2", None, None)
    assert found == {"id-1": "entity", "name": "entity", "id-2": None}
    assert present(found) == ("entity",)


def test_a_snapshot_of_nothing_is_empty():
    snapshot = a_draft().snapshot()
    assert snapshot.services == snapshot.routes == snapshot.consumers == snapshot.plugins == ()
