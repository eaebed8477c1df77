"""What reached the services: the Then steps about arrivals."""

from pytest_bdd import then

from harness.scenario import markup
from harness.scenario.arrivals import Arrivals
from harness.scenario.calls import Calls
from harness.specification.sentences import says
from harness.topology import SPOKEN


@then("nothing reached any service")
def _(arrivals: Arrivals, calls: Calls) -> None:
    found = arrivals.expect_nothing(calls.batch)
    assert found == 0, f"expected nothing to reach a service, found {found} arrivals"


@then(says("{service} was reached once"))
def _(arrivals: Arrivals, calls: Calls, service: str) -> None:
    found = arrivals.expect(SPOKEN[service], calls.batch, 1)
    assert found == 1, f"expected {service} to be reached once, found {found} arrivals"


@then(says("{service} was reached {count:d} times"))
def _(arrivals: Arrivals, calls: Calls, service: str, count: int) -> None:
    found = arrivals.expect(SPOKEN[service], calls.batch, count)
    assert found == count, f"expected {count} arrivals at {service}, found {found}"


@then(says('{service} was reached once, at "{path}"'))
def _(arrivals: Arrivals, calls: Calls, service: str, path: str) -> None:
    found = arrivals.expect(SPOKEN[service], calls.batch, 1)
    paths = [arrival["path"] for arrival in arrivals.of(SPOKEN[service], calls.batch)]
    assert found == 1, f"expected {service} to be reached once, found {found} arrivals"
    assert paths == [path], f"expected it at {path}, found {paths}"


@then(says('{service} saw "{who}" as the consumer, and nobody else'))
def _(arrivals: Arrivals, calls: Calls, service: str, who: str) -> None:
    names = arrivals.identity(SPOKEN[service], calls.last)
    wanted = calls.stage.scope.name(who.lower())
    assert names == [wanted], f"expected {wanted} as the only identity, found {names}"


@then(says("{service} saw no identity"))
def _(arrivals: Arrivals, calls: Calls, service: str) -> None:
    names = arrivals.identity(SPOKEN[service], calls.last)
    assert names == [], f"expected no identity header, found {names}"


@then(says("the function was invoked {count:d} times"))
def _(arrivals: Arrivals, calls: Calls, count: int) -> None:
    found = len(arrivals.of_function(calls.stage.scope.name("login")))
    assert found == count, f"expected {count} invocations, found {found}"


@then(says('{service} saw the header "{name}" as "{value}"'))
def _(arrivals: Arrivals, calls: Calls, service: str, name: str, value: str) -> None:
    found = arrivals.header(SPOKEN[service], calls.last, name)
    assert found == [value], f"expected {name}: {value} once, found {found}"


@then(says('{service} saw no header "{name}"'))
def _(arrivals: Arrivals, calls: Calls, service: str, name: str) -> None:
    found = arrivals.header(SPOKEN[service], calls.last, name)
    assert found == [], f"expected no {name}, found {found}"


@then(says("{service} received {size:d} bytes"))
def _(arrivals: Arrivals, calls: Calls, service: str, size: int) -> None:
    found = [arrival["body_bytes"] for arrival in arrivals.of(SPOKEN[service], [calls.last])]
    assert found == [size], f"expected one body of {size} bytes, found {found}"


@then(says('the answer\'s "{name}" is the one that {service} saw'))
def _(arrivals: Arrivals, calls: Calls, name: str, service: str) -> None:
    seen = arrivals.header(SPOKEN[service], calls.last, name)
    assert seen == [calls.last.header(name)], f"{service} saw {seen}, not {calls.last.header(name)}"


@then(says("every call reached {service} exactly once"))
def _(arrivals: Arrivals, calls: Calls, service: str) -> None:
    found = arrivals.expect(SPOKEN[service], calls.batch, len(calls.batch))
    assert found == len(calls.batch), f"{len(calls.batch)} calls became {found} arrivals"


@then(says("{service} saw the scripts as they were sent"))
def _(arrivals: Arrivals, calls: Calls, service: str) -> None:
    found = arrivals.of(SPOKEN[service], [calls.last])
    missing = [where for one in found for where in markup.missing_in(one)]
    assert not missing, f"expected {markup.MARKUP} as it was sent, did not find it in {missing}"
