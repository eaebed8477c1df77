"""Gateways under test. A new gateway is one adapter file and a line in this list."""

from harness.gateways.contract import Gateway
from harness.gateways.reference import Reference

GATEWAYS: dict[str, type[Gateway]] = {Reference.name: Reference}
"""Every gateway that can be asked for with GATEWAY=."""

PLANNED = ("kong", "envoy", "gravitee")
"""Names that a later version will know; asking for them today is answered so."""
