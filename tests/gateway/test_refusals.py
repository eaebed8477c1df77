"""Refusals: one list, one code each."""

from gateway import refusals


def test_every_refusal_has_a_code_of_its_own():
    listed = [value for value in vars(refusals).values() if isinstance(value, refusals.Refusal)]
    assert len({refusal.code for refusal in listed}) == len(listed) == len(refusals.BY_CODE)
    assert all(400 <= refusal.status <= 599 and refusal.message for refusal in listed)


def test_a_refusal_can_say_more():
    said = refusals.BAD_TOKEN.saying("other").having([(b"A", b"1")]).having([(b"B", b"2")])
    assert (said.message, said.headers) == ("other", ((b"A", b"1"), (b"B", b"2")))
    assert said.erring("why").error == "why"
    assert refusals.BAD_TOKEN.headers == ()
