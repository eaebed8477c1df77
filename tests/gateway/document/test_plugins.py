"""What the reader knows about a plugin, unless it says more."""

from gateway.document.plugins import PluginKind


def test_a_kind_warns_of_nothing_and_needs_nothing():
    kind = PluginKind("x", lambda fields: None)
    assert list(kind.warn(None)) == []
    assert kind.needs_redis(None) is False
    assert kind.per_consumer is False
