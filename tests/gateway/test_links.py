"""Which links the settings ask for."""

import asyncio

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.http.client import Client
from gateway.links import control_plane_of, keeper_of, now_iso, reporter_of
from gateway.logs import Log
from gateway.publication import Publication, Served
from gateway.settings import read_settings

KEY = {"GATEWAY_SNAPSHOT_KEY": "a snapshot key of sufficient length"}


@pytest.fixture
def token(tmp_path):
    path = tmp_path / "token"
    claims = {"org": "acme/1", "envs": ["prod"], "cpg": "eu"}
    path.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)))
    return ("--cloud-token", str(path))


def with_client(build):
    async def scenario():
        return build(Client())

    return asyncio.run(scenario())


def test_a_file_needs_no_control_plane(token):
    for argv in (["--config", "f"], ["--config", "f", *token]):
        settings = read_settings(argv, KEY)
        link = with_client(lambda it, s=settings: control_plane_of(s, it, Publication(), None, Log()))  # fmt: skip
        assert link is None
        assert keeper_of(settings, Log()) is None


def test_a_token_needs_one_which_learns_what_is_served(token):
    settings, publication = read_settings([*token], {}), Publication()
    link = with_client(lambda it: control_plane_of(settings, it, publication, None, Log()))
    assert link._served() == (None, None)
    publication.publish("pipeline", Served.of(3, b"{}", "cloud-gate"))
    publication.refuse(4, [])
    assert link._served() == (3, 4)


def test_reports_are_delivered_where_somebody_takes_them(token, tmp_path):
    for argv, enabled in ((["--config", "f"], False), ([*token], True), ([*token, "--reports", "off"], False)):  # fmt: skip
        settings = read_settings(argv, {})
        assert with_client(lambda it, s=settings: reporter_of(s, it, Log()).enabled) == enabled
    settings = read_settings([*token, "--state", str(tmp_path)], {})
    with_client(lambda it: reporter_of(settings, it, Log()))
    assert (tmp_path / "reports,acme%2F1,prod").is_dir()


def test_the_last_good_document_is_kept_in_redis_else_on_disk_else_nowhere(token, tmp_path):
    disk, redis = ("--state", str(tmp_path)), ("--redis", "redis://h:1/0")
    for argv, environment, kind, marks in (
        ([*token, *disk], KEY, "disk", 1),
        ([*token, *redis], KEY, "redis", 1),
        ([*token, *disk, *redis], KEY, "redis", 2),
        ([*token], KEY, None, 0),
        ([*token, *disk], {}, None, 0),
    ):
        keeper = keeper_of(read_settings(argv, environment), Log())
        assert (keeper.kind if keeper else None) == kind
        assert keeper is None or len(keeper._mark_places) == marks


def test_now_is_iso_with_milliseconds():
    assert now_iso().endswith("+00:00")
    assert len(now_iso()) == 29
