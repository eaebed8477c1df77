from uuid import UUID

from gateway.request_ids import AT_ONCE, RequestIds


def test_request_ids_are_random_uuids():
    ids = RequestIds()
    made = [ids.next() for _ in range(10 * AT_ONCE + 1)]
    assert len(set(made)) == len(made)
    assert {(UUID(one).version, UUID(one).hex == one) for one in made} == {(4, True)}
