"""What a sentence with holes matches, and what the decorators remember about it."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_bdd import given, then, when

from harness import outcomes, topology
from harness.scenario import odd_tokens
from harness.specification.fragments import Fragment
from harness.specification.sentences import (
    Definition,
    asks_for,
    declares,
    is_coroutine,
    opens_rig,
    says,
)

Made = Callable[[], list[Definition]]


def test_a_quoted_hole_takes_anything_but_a_quote() -> None:
    parser = says('somebody calls "{path}" twice')

    assert parser.parse_arguments('somebody calls "/a b?c=d&e" twice') == {"path": "/a b?c=d&e"}
    assert not parser.is_matching('somebody calls "" twice')
    assert not parser.is_matching('somebody calls "a" and "b" twice')


def test_a_bare_hole_takes_words_and_nothing_else() -> None:
    parser = says("{who} logs in")

    assert parser.parse_arguments("Ada Lovelace logs in") == {"who": "Ada Lovelace"}
    for odd in ("/users logs in", '"Ada" logs in', "3 people logs in", "Ada Logs In"):
        assert not parser.is_matching(odd)


@pytest.mark.parametrize("name", topology.SPOKEN)
def test_the_hole_for_a_service_takes_every_service(name: str) -> None:
    assert says("{service} was reached once").is_matching(f"{name} was reached once")


@pytest.mark.parametrize("name", ["Users2", "users", "Billing", "Us"])
def test_the_hole_for_a_service_takes_no_other_word(name: str) -> None:
    assert not says("{service} was reached once").is_matching(f"{name} was reached once")


@pytest.mark.parametrize("phrase", outcomes.OUTCOMES)
def test_the_hole_for_an_outcome_takes_every_outcome_whole(phrase: str) -> None:
    found = says("the call is {outcome:Outcome}").parse_arguments(f"the call is {phrase}")

    assert found == {"outcome": phrase}


def test_the_hole_for_an_outcome_takes_no_phrase_that_nobody_knows() -> None:
    assert not says("the call is {outcome:Outcome}").is_matching("the call is refused politely")


@pytest.mark.parametrize("words", odd_tokens.ODD_TOKENS)
def test_the_hole_for_an_odd_token_takes_every_one_of_them(words: str) -> None:
    found = says('"{path}" with {token:OddToken}').parse_arguments(f'"/users" with {words}')

    assert found == {"path": "/users", "token": words}


def test_a_number_in_a_hole_arrives_as_a_number() -> None:
    assert says("{count:d} times").parse_arguments("12 times") == {"count": 12}


def test_a_declaring_given_is_a_step_and_makes_its_fragment(own_steps: Made) -> None:
    @declares('"{path}" leads to {service}')
    def _(path: str, service: str) -> Fragment:
        return Fragment(routes={service: {"paths": [path]}}, parts=frozenset({"users"}))

    (one,) = own_steps()

    assert one.kind == "given"
    assert one.matches("given", '"/u" leads to Users')
    assert not one.matches("when", '"/u" leads to Users')
    made = one.fragment('"/u" leads to Users')
    assert made.routes == {"Users": {"paths": ["/u"]}}
    assert made.parts == {"users"}


def test_a_declaring_given_makes_sure_that_its_document_is_published(own_steps: Made) -> None:
    @declares("a declaration")
    def _() -> Fragment:
        return Fragment()

    class Stage:
        published = 0

        def require_published(self) -> None:
            self.published += 1

    stage = Stage()
    own_steps()[0].context.step_func(stage)

    assert stage.published == 1


def test_a_rig_is_opened_with_its_parts_and_links(own_steps: Made) -> None:
    @opens_rig("a gateway of its own", parts={"gate-eu", "eu-1"}, links={"gate-eu.sync"})
    def _() -> Fragment:
        return Fragment()

    opened: list[Any] = []

    class Stage:
        def open_rig(self, parts: frozenset[str], links: frozenset[str]) -> None:
            opened.append((parts, links))

    own_steps()[0].context.step_func(Stage())

    assert opened == [({"gate-eu", "eu-1"}, {"gate-eu.sync"})]


def test_the_private_parts_of_a_rig_are_not_asked_of_the_shared_environment(
    own_steps: Made,
) -> None:
    @opens_rig("a gateway of its own", parts={"gate-eu", "eu-1"})
    def _() -> Fragment:
        return Fragment(parts=frozenset({"users"}))

    assert own_steps()[0].fragment("a gateway of its own").parts == {"users"}


def test_a_sentence_asks_for_parts_by_itself_and_through_its_arguments(own_steps: Made) -> None:
    @when(says("{who} asks {service} directly"))
    @asks_for("kafka", named_by=lambda service: {topology.SPOKEN[service]})
    def _(who: str, service: str) -> None: ...

    (one,) = own_steps()

    assert one.fragment("Ada asks Orders directly").parts == {"kafka", "orders"}
    assert one.fragment("Ada asks Echo directly").parts == {"kafka", "upstream"}


def test_a_plain_step_declares_nothing(own_steps: Made) -> None:
    @then("nothing more")
    def _() -> None: ...

    assert own_steps()[0].fragment("nothing more") == Fragment()


def test_converters_of_a_step_are_applied_to_its_arguments(own_steps: Made) -> None:
    @given(says('a "{thing}"'), converters={"thing": str.upper})
    @asks_for(named_by=lambda thing: {thing})
    def _(thing: str) -> None: ...

    assert own_steps()[0].arguments('a "b"') == {"thing": "B"}
    assert own_steps()[0].fragment('a "b"').parts == {"B"}


def test_the_place_of_a_definition_is_where_its_author_wrote_it(own_steps: Made) -> None:
    @declares("a declaration")
    def first() -> Fragment:
        return Fragment()

    @then("a step")
    def second() -> None: ...

    places = {one.text: one.place for one in own_steps()}

    assert places == {
        "a declaration": f"{__file__}:{first.__code__.co_firstlineno}",
        "a step": f"{__file__}:{second.__code__.co_firstlineno}",
    }


def test_a_coroutine_is_told_from_a_step(own_steps: Made) -> None:
    @then("b is async")
    async def _() -> None: ...

    @then("a is not")
    def _() -> None: ...

    assert [is_coroutine(one) for one in own_steps()] == [False, True]


def test_definitions_come_in_one_order_whatever_the_order_of_import(own_steps: Made) -> None:
    for text in ("c", "a", "b"):
        then(text)(lambda: None)
    given("z")(lambda: None)

    assert [(one.kind, one.text) for one in own_steps()] == [
        ("given", "z"),
        ("then", "a"),
        ("then", "b"),
        ("then", "c"),
    ]
