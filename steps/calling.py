"""Who calls what: the When steps."""

from pytest_bdd import when

from harness.callers import Caller
from harness.calls import Call, Calls
from harness.control_plane import ControlPlane
from harness.counting import within_one_window
from harness.faulting import Faults
from harness.sentences import asks_for, says
from harness.topology import SPOKEN


@when(says('{who} calls "{path}"'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    calls.one(Call("GET", path, caller.first_replica, caller.credentials_of(who)))


@when(says('{who} sends {method} "{path}"'))
def _(calls: Calls, caller: Caller, who: str, method: str, path: str) -> None:
    calls.one(Call(method, path, caller.first_replica, caller.credentials_of(who)))


@when(says('{who} asks {service} directly for "{path}"'))
@asks_for(named_by=lambda service: {SPOKEN[service]})
def _(calls: Calls, caller: Caller, who: str, service: str, path: str) -> None:
    calls.one(Call("GET", path, caller.part(service), caller.credentials_of(who)))


@when(says('{who} calls "{path}" {count:d} times'))
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    batch = caller.same_calls(who, path, count)
    calls.batch = within_one_window(
        lambda: calls.in_turn(batch), window_s=60, waits=calls.stage.waits
    )


@when(says('{who} calls "{path}" {count:d} times, spread over the replicas'))
@asks_for("eu-2")
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    batch = caller.spread_calls(who, path, count)
    calls.batch = within_one_window(
        lambda: calls.in_turn(batch), window_s=60, waits=calls.stage.waits
    )


@when(says('{who} calls "{path}" {count:d} times at once, spread over the replicas'))
@asks_for("eu-2")
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    batch = caller.spread_calls(who, path, count)
    calls.batch = within_one_window(
        lambda: calls.at_once(batch), window_s=60, waits=calls.stage.waits
    )


@when(says('somebody calls "{path}" with {token:OddToken}'))
def _(calls: Calls, caller: Caller, path: str, token: str) -> None:
    calls.one(Call("GET", path, caller.first_replica, caller.odd_credentials(token)))


@when(says('{who} calls "{path}" with the header "{header}"'))
def _(calls: Calls, caller: Caller, who: str, path: str, header: str) -> None:
    name, _, value = header.partition(": ")
    headers = (*caller.credentials_of(who), (name, value))
    calls.one(Call("GET", path, caller.first_replica, headers))


@when(says('somebody sends "{words}" instead of a request'))
def _(calls: Calls, caller: Caller, words: str) -> None:
    calls.raw(caller.first_replica, words.encode() + b"\r\n\r\n")


@when(says('{one} and {other} call "{path}" in turn, {count:d} times each'))
def _(calls: Calls, caller: Caller, one: str, other: str, path: str, count: int) -> None:
    both = [caller.same_calls(who, path, 1)[0] for who in (one, other)]
    calls.batch = within_one_window(
        lambda: calls.in_turn(both * count), window_s=60, waits=calls.stage.waits
    )


@when(says('{who} calls "{path}" {count:d} times while the {link} link is cut'))
def _(
    calls: Calls, caller: Caller, faults: Faults, who: str, path: str, count: int, link: str
) -> None:
    batch = caller.same_calls(who, path, count)
    calls.batch = faults.while_cut(link, lambda: calls.in_turn(batch))


@when(
    says(
        '{who} calls "{path}" {first:d} times, and {second:d} times after '
        "the same document is published once more"
    )
)
def _(
    calls: Calls,
    caller: Caller,
    control_plane: ControlPlane,
    who: str,
    path: str,
    first: int,
    second: int,
) -> None:
    before = caller.same_calls(who, path, first)
    after = caller.same_calls(who, path, second)
    calls.batch = within_one_window(
        lambda: control_plane.publish_between(
            lambda: calls.in_turn(before), lambda: calls.in_turn(after)
        ),
        window_s=60,
        waits=calls.stage.waits,
    )


@when(says('{who} calls "{path}" with its token in the query'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    calls.one(Call("GET", f"{path}?jwt={caller.token_of(who)}", caller.first_replica))


@when(says('{who} calls "{path}" in the US {count:d} times'))
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    calls.batch = calls.in_turn([Call("GET", path, "us-1", caller.credentials_of(who))] * count)
