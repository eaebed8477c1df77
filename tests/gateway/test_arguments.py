"""The command line: every option has a line of help, and a mistake is one line."""

import pytest

from gateway.arguments import SettingsRefused, parser


def test_every_option_that_is_not_obvious_is_explained():
    obvious = {"listen", "transaction_header", "log_level"}
    unexplained = {action.dest for action in parser()._actions if not action.help}
    assert unexplained <= obvious


def test_abbreviations_are_mistakes():
    with pytest.raises(SettingsRefused, match="unrecognized arguments: --conf"):
        parser().parse_args(["--conf", "f"])


def test_secrets_have_no_option_of_their_own():
    options = {name for action in parser()._actions for name in action.option_strings}
    assert not options & {"--admin-token", "--snapshot-key", "--jwt-secret"}
