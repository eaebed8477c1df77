"""Who calls what: the When steps."""

from dataclasses import replace

from pytest_bdd import given, when

from harness import patience
from harness.scenario import markup, odd_requests
from harness.scenario.analytics import Index
from harness.scenario.callers import Caller
from harness.scenario.calls import Call, Calls
from harness.scenario.control_plane import ControlPlane
from harness.scenario.faulting import Faults
from harness.scenario.trouble import Trouble
from harness.specification.sentences import asks_for, says
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
    calls.in_one_window(lambda: calls.in_turn(batch))


@when(says('{who} calls "{path}" {count:d} times, spread over the replicas'))
@asks_for("eu-2")
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    batch = caller.spread_calls(who, path, count)
    calls.in_one_window(lambda: calls.in_turn(batch))


@when(says('{who} calls "{path}" {count:d} times at once, spread over the replicas'))
@asks_for("eu-2")
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    batch = caller.spread_calls(who, path, count)
    calls.in_one_window(lambda: calls.at_once(batch), patience.LONG_BATCH_RESERVE_S)


@when(says('{who} calls "{path}" {count:d} times before its frozen gateway wakes up'))
def _(calls: Calls, caller: Caller, faults: Faults, who: str, path: str, count: int) -> None:
    batch = caller.same_calls(who, path, count)
    calls.in_one_window(
        lambda: faults.while_frozen("gateway", lambda wake: calls.at_once_before(batch, wake)),
        patience.LONG_BATCH_RESERVE_S,
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
    calls.raw(caller.first_replica, lambda _mark: words.encode() + b"\r\n\r\n")


@when(says('{one} and {other} call "{path}" in turn, {count:d} times each'))
def _(calls: Calls, caller: Caller, one: str, other: str, path: str, count: int) -> None:
    both = [caller.same_calls(who, path, 1)[0] for who in (one, other)]
    calls.in_one_window(lambda: calls.in_turn(both * count))


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
    calls.in_one_window(
        lambda: control_plane.publish_between(
            lambda: calls.in_turn(before), lambda: calls.in_turn(after)
        ),
        patience.LONG_BATCH_RESERVE_S,
    )


@when(says('{who} calls "{path}" with its token in the query'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    calls.one(Call("GET", f"{path}?jwt={caller.token_of(who)}", caller.first_replica))


@when(says('{who} calls "{path}" in the US {count:d} times'))
def _(calls: Calls, caller: Caller, who: str, path: str, count: int) -> None:
    calls.batch = calls.in_turn([Call("GET", path, "us-1", caller.credentials_of(who))] * count)


@when(says('{who} calls "{path}" with its token in a cookie'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    cookie = (("Cookie", f"jwt={caller.token_of(who)}"),)
    calls.one(Call("GET", path, caller.first_replica, cookie))


@when(says('{who} calls "{path}" with its token as "{scheme}"'))
def _(calls: Calls, caller: Caller, who: str, path: str, scheme: str) -> None:
    header = (("Authorization", f"{scheme} {caller.token_of(who)}"),)
    calls.one(Call("GET", path, caller.first_replica, header))


@when(says('{who} calls "{path}" with its token in header and query'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    token = caller.token_of(who)
    header = (("Authorization", f"Bearer {token}"),)
    calls.one(Call("GET", f"{path}?jwt={token}", caller.first_replica, header))


@when(says('{who} calls "{path}" with its token in the header and another in the query'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    other = f"{path}?jwt={caller.another_token_of(who)}"
    calls.one(Call("GET", other, caller.first_replica, caller.credentials_of(who)))


@when(says('somebody calls "{path}" with the API key "{key}"'))
def _(calls: Calls, caller: Caller, path: str, key: str) -> None:
    calls.one(Call("GET", path, caller.first_replica, (("apikey", caller.key(key)),)))


@when(says('somebody calls "{path}" with the API key "{key}" in the query'))
def _(calls: Calls, caller: Caller, path: str, key: str) -> None:
    joint = "&" if "?" in path else "?"
    calls.one(Call("GET", f"{path}{joint}apikey={caller.key(key)}", caller.first_replica))


@when(says('somebody calls "{path}" with the API keys "{one}" and "{other}"'))
def _(calls: Calls, caller: Caller, path: str, one: str, other: str) -> None:
    keys = tuple(("apikey", caller.key(key)) for key in (one, other))
    calls.one(Call("GET", path, caller.first_replica, keys))


@when(says('somebody posts {size:d} bytes to "{path}"'))
def _(calls: Calls, caller: Caller, size: int, path: str) -> None:
    calls.one(Call("POST", path, caller.first_replica, body="x" * size))


@when(says('somebody posts {size:d} bytes in chunks to "{path}"'))
def _(calls: Calls, caller: Caller, size: int, path: str) -> None:
    calls.one(Call("POST", path, caller.first_replica, body="x" * size, chunked=True))


@when(says('a browser at "{origin}" asks whether it may {method} to "{path}"'))
def _(calls: Calls, caller: Caller, origin: str, method: str, path: str) -> None:
    question = (("Origin", origin), ("Access-Control-Request-Method", method))
    calls.one(Call("OPTIONS", path, caller.first_replica, question))


@when(says('{who} calls "{path}" {count:d} times, each time with another "{header}"'))
def _(calls: Calls, caller: Caller, who: str, path: str, count: int, header: str) -> None:
    batch = [
        replace(call, headers=(*call.headers, (header, f"10.0.0.{number}")))
        for number, call in enumerate(caller.same_calls(who, path, count), start=1)
    ]
    calls.in_one_window(lambda: calls.in_turn(batch))


@when(says('{who} calls "{one}" and "{other}" in turn, {count:d} times each'))
def _(calls: Calls, caller: Caller, who: str, one: str, other: str, count: int) -> None:
    both = [caller.same_calls(who, path, 1)[0] for path in (one, other)]
    calls.in_one_window(lambda: calls.in_turn(both * count))


@given(says('{who} has called "{path}" {count:d} times while the {link} link was cut'))
def _(
    calls: Calls, caller: Caller, faults: Faults, who: str, path: str, count: int, link: str
) -> None:
    faults.while_cut(link, lambda: calls.in_turn(caller.same_calls(who, path, count)))


@when(says('somebody writes {request:OddRequest} to "{path}"'))
def _(calls: Calls, caller: Caller, request: str, path: str) -> None:
    host, draw = calls.stage.scope.host, odd_requests.ODD_REQUESTS[request]
    calls.raw(caller.first_replica, lambda mark: draw(odd_requests.Place(path, host, mark)))


@when(says('that consumer posts to "{path}" with a script wherever a caller can put one'))
def _(calls: Calls, caller: Caller, path: str) -> None:
    host, token = calls.stage.scope.host, caller.token_with_markup
    calls.raw(
        caller.first_replica,
        lambda mark: markup.everywhere(odd_requests.Place(path, host, mark), token),
    )


@when(says('somebody sends the target "{target}" as it is'))
def _(calls: Calls, caller: Caller, target: str) -> None:
    host = calls.stage.scope.host
    calls.raw(
        caller.first_replica,
        lambda mark: odd_requests.Place(target, host, mark).head(method="GET"),
    )


@when(says('somebody calls "{path}" under the host "{host}"'))
def _(calls: Calls, caller: Caller, path: str, host: str) -> None:
    calls.one(Call("GET", path, caller.first_replica, (("Host", host),)))


@when(says('somebody calls "{path}" under its host in capitals'))
def _(calls: Calls, caller: Caller, path: str) -> None:
    host = calls.stage.scope.host.upper()
    calls.one(Call("GET", path, caller.first_replica, (("Host", host),)))


@when(says('{who} calls "{path}" until it is refused, and on until it is admitted again'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    call = caller.same_calls(who, path, 1)[0]
    refused = calls.until_status(call, 429, "a call to be refused as over quota")
    admitted = calls.until_status(call, 200, "the next counting window")
    calls.batch = [refused, admitted]


@when(says('{who} calls "{path}" with a token that lasts a second, and again when it is over'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    token, left_s = caller.short_lived_token_of(who)
    call = Call("GET", path, caller.first_replica, (("Authorization", f"Bearer {token}"),))
    first = calls.send(call)
    calls.stage.waits.for_the_clock(left_s(), "a token to expire")
    calls.batch = [first, calls.send(call)]


@when(says('{who} calls "{path}", and again when a new document knows no consumer'))
def _(calls: Calls, caller: Caller, control_plane: ControlPlane, who: str, path: str) -> None:
    call = caller.same_calls(who, path, 1)[0]
    first = calls.send(call)
    control_plane.publish(replace(control_plane.stage.entry.fragment, consumers={}))
    calls.batch = [first, calls.send(call)]


@when(says('{who} calls "{path}" without pause while {count:d} documents are published'))
def _(
    calls: Calls, caller: Caller, control_plane: ControlPlane, who: str, path: str, count: int
) -> None:
    call = caller.same_calls(who, path, 1)[0]
    calls.batch = calls.while_busy(call, lambda: control_plane.publish_often(count))


@when(says('{who} calls "{path}" again and again while {part} is {kind:Trouble}'))
def _(
    calls: Calls, caller: Caller, trouble: Trouble, who: str, path: str, part: str, kind: str
) -> None:
    call = caller.same_calls(who, path, 1)[0]
    calls.batch = calls.steadily(call, lambda: trouble.through(part, kind))


@when(
    says(
        '{who} calls "{path}" {first:d} times before and {second:d} times after the ingest is killed'
    )
)
def _(
    calls: Calls,
    caller: Caller,
    faults: Faults,
    index: Index,
    control_plane: ControlPlane,
    who: str,
    path: str,
    first: int,
    second: int,
) -> None:
    before = calls.in_turn(caller.same_calls(who, path, first))
    index.events_of(before)
    faults.kill("ingest")
    after = calls.in_turn(caller.same_calls(who, path, second))
    control_plane.wait_until_delivered()
    faults.start("ingest")
    calls.batch = [*before, *after]


@when(says('{who} calls "{path}" {count:d} times, and ingest is killed once it has read of them'))
def _(
    calls: Calls, caller: Caller, faults: Faults, index: Index, who: str, path: str, count: int
) -> None:
    calls.batch = calls.in_turn(caller.same_calls(who, path, count))
    index.wait_until_read(count)
    faults.kill("ingest")
    faults.start("ingest")


@when(
    says('{who} calls "{path}" {count:d} times, and the gateway is told to end and started again')
)
def _(calls: Calls, caller: Caller, faults: Faults, who: str, path: str, count: int) -> None:
    calls.batch = calls.in_turn(caller.same_calls(who, path, count))
    faults.end_and_start("gateway")


@when(says('{who} calls "{path}", and the gateway is told to end before it has answered'))
def _(
    calls: Calls, caller: Caller, faults: Faults, control_plane: ControlPlane, who: str, path: str
) -> None:
    def end() -> None:
        control_plane.wait_until_busy()
        faults.end_and_start("gateway")

    call = caller.same_calls(who, path, 1)[0]
    calls.batch = [calls.meanwhile(call, end)]


@when(
    says(
        '{who} calls "{path}" {count:d} times, the {link} link is cut, '
        "and the gateway ends and starts again"
    )
)
def _(
    calls: Calls, caller: Caller, faults: Faults, who: str, path: str, count: int, link: str
) -> None:
    faults.cut(link)
    calls.batch = calls.in_turn(caller.same_calls(who, path, count))
    faults.end_and_start("gateway")
    faults.heal(link)


@when(
    says(
        '{who} calls "{path}" {count:d} times, the {link} link is cut, '
        "and the gateway is killed once it has written them down"
    )
)
def _(
    calls: Calls,
    caller: Caller,
    faults: Faults,
    control_plane: ControlPlane,
    who: str,
    path: str,
    count: int,
    link: str,
) -> None:
    faults.cut(link)
    calls.batch = calls.in_turn(caller.same_calls(who, path, count))
    control_plane.wait_until_written_down()
    faults.kill("gateway")
    faults.start("gateway")
    faults.heal(link)
