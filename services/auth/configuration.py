"""Configuration of functions as Lambda has it: environment variables per function name."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.strict_json import parse


class BadConfiguration(Exception):
    """What is wrong with a configuration."""


@dataclass(slots=True)
class Configurations:
    """The variables of each function, and the `kid` of a function that has none set."""

    region: str
    default_kid: str
    _variables: dict[str, dict[str, str]] = field(default_factory=dict)
    _modified: dict[str, float] = field(default_factory=dict)

    def kid(self, function: str) -> str:
        """The key id that tokens of this function carry; never the caller's to choose."""
        return self._variables.get(function, {}).get("KID", self.default_kid)

    def put(self, function: str, variables: dict[str, str], now_s: float) -> None:
        """Replace the variables of `function`."""
        self._variables[function] = variables
        self._modified[function] = now_s

    def shown(self, function: str) -> dict[str, object]:
        """The configuration in Lambda's words."""
        modified = datetime.fromtimestamp(self._modified.get(function, 0.0), UTC)
        return {
            "FunctionName": function,
            "FunctionArn": f"arn:aws:lambda:{self.region}:000000000000:function:{function}",
            "Version": "$LATEST",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "LastModified": modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Environment": {"Variables": self._variables.get(function, {})},
        }


def read_variables(text: bytes) -> dict[str, str]:
    """`Environment.Variables` of a configuration; BadConfiguration says what is wrong with it."""
    try:
        given = parse(text)
    except ValueError:
        raise BadConfiguration("Could not parse request body into json.") from None
    environment = given.get("Environment", {}) if isinstance(given, dict) else None
    variables = environment.get("Variables", {}) if isinstance(environment, dict) else None
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise BadConfiguration("Environment.Variables must be an object of texts.")
    return variables
