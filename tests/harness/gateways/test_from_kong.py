"""The declared differences from Kong."""

from harness.gateways.from_kong import FROM_KONG
from harness.gateways.reference import Reference


def test_each_difference_is_declared_once_with_its_reason() -> None:
    assert len({one.promise for one in FROM_KONG}) == len(FROM_KONG)
    assert all(one.reason for one in FROM_KONG)


def test_a_difference_from_kong_is_no_deviation_of_the_reference_gateway() -> None:
    assert Reference.from_kong == FROM_KONG
    assert Reference.deviations == ()
