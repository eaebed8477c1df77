"""Windows and headers, as properties."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.quota import (
    PERIODS,
    QUOTA_FIELDS,
    Count,
    Limit,
    admits,
    quota_headers,
    reset_s,
    window_start,
)

NOW = st.integers(min_value=0, max_value=2**33)
LIMITS = st.lists(
    st.builds(Limit, st.sampled_from(sorted(PERIODS)), st.integers(1, 20)),
    min_size=1,
    max_size=4,
    unique_by=lambda limit: limit.period,
).map(tuple)


@given(NOW, st.sampled_from(sorted(PERIODS.values())))
def test_windows_are_aligned_and_hold_their_instant(now, window_s):
    start = window_start(now, window_s)
    assert start % window_s == 0
    assert start <= now < start + window_s


@given(LIMITS, st.lists(st.integers(0, 90), max_size=60))
def test_no_window_ever_admits_more_than_it_promised(limits, pauses):
    now, used, admitted = 1_700_000_000, {}, {}
    for pause in pauses:
        now += pause
        keys = [(limit, window_start(now, limit.window_s)) for limit in limits]
        if admits(limits, tuple(used.get(key, 0) for key in keys)):
            for key in keys:
                used[key] = used.get(key, 0) + 1
                admitted[key] = admitted.get(key, 0) + 1
    assert all(count <= limit.calls for (limit, _), count in admitted.items())


@given(LIMITS, NOW, st.data())
def test_headers_never_promise_more_than_is_left(limits, now, data):
    used = tuple(data.draw(st.integers(0, limit.calls)) for limit in limits)
    admitted = admits(limits, used)
    told = dict(quota_headers(limits, Count(now, admitted, used)))
    for limit, count in zip(limits, used, strict=True):
        period = limit.period.capitalize().encode()
        left = limit.calls - count - (1 if admitted else 0)
        assert int(told[b"X-RateLimit-Remaining-" + period]) == left >= 0
        assert int(told[b"X-RateLimit-Limit-" + period]) == limit.calls
    assert int(told[b"RateLimit-Remaining"]) == min(
        int(value) for name, value in told.items() if name.startswith(b"X-RateLimit-Remaining")
    )
    assert (b"Retry-After" in told) == (not admitted)
    assert told.get(b"Retry-After", told[b"RateLimit-Reset"]) == told[b"RateLimit-Reset"]


def test_a_tie_speaks_of_the_longer_window():
    limits = (Limit("second", 4), Limit("minute", 4), Limit("hour", 4))
    told = dict(quota_headers(limits, Count(3600 + 74, False, (4, 4, 4))))
    assert told[b"RateLimit-Reset"] == told[b"Retry-After"] == b"3526"


def test_reset_counts_down_to_one():
    assert [reset_s(Limit("minute", 1), second) for second in (0, 13, 59, 60)] == [60, 47, 1, 60]


@given(LIMITS, NOW)
def test_every_field_that_is_told_is_known(limits, now):
    for name, _ in quota_headers(limits, Count(now, True, (0,) * len(limits))):
        assert name.lower() in QUOTA_FIELDS
