"""Modules in which no bug is planted, each with what its mistakes would look like instead."""

SCOPE = ("gateway", "services/cloud_gate", "services/ingest")
"""Where every module has a planted bug, or a line below."""

_VALUES = "values or a contract, and nothing that decides"
_BOOT = "what it gets wrong stops the boot, and no scenario begins"
_WIRING = "wires parts that have bugs of their own"
_LOAD = (
    "how long something holds the loop, not what comes of it: tests and `python -m load.applying`"
)
_WATCHED = "said to whoever watches the gateway; no feature promises it, tests of its own hold it"
_REFUSES = "what it refuses no scenario sends: fuzzed documents and tests of its own hold it"

REASONS = {
    "gateway/__main__.py": _WIRING,
    "gateway/backends/contract.py": _VALUES,
    "gateway/backends/lambda_arguments.py": "no function here reads more than the body",
    "gateway/check.py": "a command of its own beside the gateway that serves",
    "gateway/cloud_token.py": _BOOT,
    "gateway/collector.py": _LOAD,
    "gateway/counters/contract.py": _VALUES,
    "gateway/document/arriving.py": _LOAD,
    "gateway/document/draft.py": _REFUSES,
    "gateway/document/entities.py": _VALUES,
    "gateway/document/field_names.py": _VALUES,
    "gateway/document/loading.py": _REFUSES,
    "gateway/document/plugins.py": _VALUES,
    "gateway/document/repeated.py": _REFUSES,
    "gateway/exchange.py": _VALUES,
    "gateway/exposition.py": _WATCHED,
    "gateway/halving.py": "a gateway of ours makes no event that a gate of ours refuses",
    "gateway/http/endpoint.py": _VALUES,
    "gateway/http/limits.py": _VALUES,
    "gateway/http/messages.py": _VALUES,
    "gateway/listening.py": _BOOT,
    "gateway/logs.py": _WATCHED,
    "gateway/metrics.py": _WATCHED,
    "gateway/policies/challenge.py": _REFUSES,
    "gateway/policies/contract.py": _VALUES,
    "gateway/slices.py": _LOAD,
    "gateway/state.py": "shows when two gateways share a folder, or a machine stops: tests of its own",
    "services/cloud_gate/app.py": _WIRING,
    "services/cloud_gate/gateways.py": _WATCHED,
    "services/ingest/app.py": _WIRING,
    "services/ingest/store.py": _VALUES,
}
