"""services.auth.configuration"""

import pytest

from services.auth.configuration import BadConfiguration, Configurations, read_variables


def test_the_key_id_is_the_default_until_it_is_configured() -> None:
    configurations = Configurations("eu-west-1", "demo-key")
    assert configurations.kid("login") == "demo-key"
    configurations.put("login", {"KID": "k7"}, 0)
    assert configurations.kid("login") == "k7"
    assert configurations.kid("login-2") == "demo-key"
    configurations.put("login", {}, 0)
    assert configurations.kid("login") == "demo-key"


def test_a_configuration_is_shown_in_lambdas_words() -> None:
    configurations = Configurations("eu-west-1", "demo-key")
    configurations.put("login", {"KID": "k7"}, 86400)
    shown = configurations.shown("login")
    assert shown["FunctionArn"] == "arn:aws:lambda:eu-west-1:000000000000:function:login"
    assert shown["LastModified"] == "1970-01-02T00:00:00.000+0000"
    assert shown["Environment"] == {"Variables": {"KID": "k7"}}


def test_variables_are_read_where_lambda_has_them() -> None:
    assert read_variables(b'{"Environment": {"Variables": {"KID": "k"}}}') == {"KID": "k"}
    assert read_variables(b"{}") == {}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"Environment": 7}',
        b'{"Environment": {"Variables": []}}',
        b'{"Environment": {"Variables": {"KID": 7}}}',
    ],
    ids=str,
)
def test_variables_of_another_shape_are_refused(text: bytes) -> None:
    with pytest.raises(BadConfiguration):
        read_variables(text)
