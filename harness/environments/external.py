"""The environment `external`: a gateway that somebody already runs, at addresses from a TOML file."""

from collections.abc import Mapping

from harness.environments import attachment_file
from harness.environments.attached import AttachedEnvironment
from harness.environments.attachment import Attachment
from harness.environments.contract import CannotStart


class External(AttachedEnvironment):
    """Attaches to what the options name; starts none of it."""

    name = "external"

    def find(self) -> Attachment:
        return found(self.options.config, self.options.addresses, self.settings.surroundings)


def found(config: str, addresses: Mapping[str, str], variables: Mapping[str, str]) -> Attachment:
    """Errors: CannotStart."""
    try:
        return attachment_file.read(config, addresses, variables.get)
    except attachment_file.BadFile as error:
        raise CannotStart(str(error)) from None
