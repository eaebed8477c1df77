"""The jwt plugin: who calls is whoever can sign with a consumer's key.

Checks in Kong's order: parse, key claim, credential, algorithm, signature, exp and nbf, maximum.
Unlike Kong, exp and nbf are checked whenever the token has them, and no token ever causes a 5xx.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import time
from urllib.parse import unquote_plus

from gateway import refusals
from gateway.document.entities import Scope
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.headers import every
from gateway.policies.challenge import read_realm
from gateway.policies.contract import Tools
from gateway.policies.issuers import Issuer, Issuers
from gateway.refusals import Refusal
from gateway.tokens import (
    Token,
    TokenMalformed,
    Validity,
    bearer,
    claims_of,
    key_claim,
    signature_fits,
    take_apart,
    validity,
)

REMEMBERED_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class JwtConfig:
    uri_param_names: tuple[str, ...]
    cookie_names: tuple[str, ...]
    header_names: tuple[str, ...]
    key_claim_name: str
    claims_to_verify: tuple[str, ...]
    secret_is_base64: bool
    maximum_expiration_s: int
    run_on_preflight: bool
    realm: str | None


def read_config(fields: Fields) -> JwtConfig:
    claims = fields.texts("claims_to_verify")
    for index, claim in enumerate(claims):
        if claim not in ("exp", "nbf"):
            fields.complain(f"claims_to_verify/{index}", f'must be exp or nbf, found "{claim}"')
    maximum_s = fields.number("maximum_expiration", 0, 0, 31536000) or 0
    if maximum_s and claims and "exp" not in claims:
        fields.complain("claims_to_verify", "must hold exp when maximum_expiration is set")
    fields.only("anonymous")
    return JwtConfig(
        uri_param_names=fields.texts("uri_param_names", ("jwt",)),
        cookie_names=fields.texts("cookie_names"),
        header_names=tuple(
            name.lower() for name in fields.texts("header_names", ("authorization",))
        ),
        key_claim_name=fields.text("key_claim_name", "iss") or "iss",
        claims_to_verify=claims,
        secret_is_base64=fields.flag("secret_is_base64", False),
        maximum_expiration_s=maximum_s,
        run_on_preflight=fields.flag("run_on_preflight", True),
        realm=read_realm(fields),
    )


def warn(config: JwtConfig) -> Iterable[tuple[str, str]]:
    if "exp" not in config.claims_to_verify:
        yield "claims_to_verify", "does not name exp: a token without exp is accepted for ever"


KIND = PluginKind("jwt", read_config, warn=warn)


@dataclass(frozen=True, slots=True)
class Verified:
    """A token whose signature was right. Its times are looked at on every use."""

    issuer: Issuer
    validity: Validity


class Jwt:
    """One jwt plugin of one pipeline, with its own bounded memory of verified tokens."""

    def __init__(self, config: JwtConfig, issuers: Issuers) -> None:
        self._config = config
        self._issuers = issuers
        self._verified: dict[str, Verified] = {}
        self._headers = tuple(name.encode() for name in config.header_names)
        realm = f' realm="{config.realm}"' if config.realm else ""
        self._challenge = f"Bearer{realm}".encode()
        comma = "," if realm else ""
        self._rejection = f'Bearer{realm}{comma} error="invalid_token"'.encode()

    async def __call__(self, exchange: Exchange) -> Refusal | None:
        if exchange.request.method == "OPTIONS" and not self._config.run_on_preflight:
            return None
        token = self._token(exchange)
        if isinstance(token, Refusal):
            return token
        verified = self._verified.get(token) or self._verify(token)
        if isinstance(verified, Refusal):
            return self._rejected(verified)
        refusal = untimely(verified.validity, time())
        if refusal is not None:
            return self._rejected(refusal)
        exchange.consumer = verified.issuer.consumer
        exchange.credential = verified.issuer.credential
        return None

    def _token(self, exchange: Exchange) -> str | Refusal:
        found = set(self._candidates(exchange))
        if not found:
            return refusals.NO_TOKEN.having([(b"WWW-Authenticate", self._challenge)])
        if len(found) > 1:
            return self._rejected(refusals.MULTIPLE_TOKENS)
        token = found.pop()
        return self._rejected(refusals.UNRECOGNIZABLE_TOKEN) if token is None else token

    def _candidates(self, exchange: Exchange) -> Iterable[str | None]:
        """Every token in the request; None for a parameter without value."""
        headers = exchange.request.headers
        if exchange.query:
            yield from query_tokens(exchange.query, self._config.uri_param_names)
        if self._config.cookie_names:
            for line in every(headers, b"cookie"):
                yield from cookie_tokens(line.decode("latin-1"), self._config.cookie_names)
        for name in self._headers:
            for value in every(headers, name) if name in exchange.request.first else ():
                token = bearer(value.decode("latin-1"))
                if token is not None:
                    yield token

    def _verify(self, raw: str) -> Verified | Refusal:
        try:
            token = take_apart(raw)
        except TokenMalformed as error:
            return refusals.BAD_TOKEN.saying(str(error))
        issuer = self._issuer(token)
        if isinstance(issuer, Refusal):
            return issuer
        if token.algorithm != issuer.credential.algorithm:
            return refusals.WRONG_ALGORITHM
        if issuer.key is None:
            return refusals.INVALID_KEY
        if not signature_fits(token, issuer.key):
            return refusals.INVALID_SIGNATURE
        valid = validity(claims_of(token), self._config.claims_to_verify)
        if valid is None:
            return refusals.INVALID_CLAIM
        refusal = untimely(valid, time()) or self._too_long(valid, time())
        if refusal is not None:
            return refusal
        return self._remember(raw, Verified(issuer, valid))

    def _issuer(self, token: Token) -> Issuer | Refusal:
        name = self._config.key_claim_name
        key = key_claim(token, name)
        if key is None or key is False:
            return refusals.NO_KEY_CLAIM.saying(f"No mandatory '{name}' in claims")
        if not isinstance(key, str) or not key:
            return refusals.INVALID_KEY_CLAIM.saying(f"Invalid '{name}' in claims")
        issuer = self._issuers.find(key, self._config.secret_is_base64)
        if issuer is None:
            return refusals.UNKNOWN_KEY.saying(f"No credentials found for given '{name}'")
        return issuer

    def _too_long(self, valid: Validity, now: float) -> Refusal | None:
        maximum_s = self._config.maximum_expiration_s
        if maximum_s and (valid.expires is None or valid.expires - now > maximum_s):
            return refusals.TOKEN_TOO_LONG
        return None

    def _remember(self, raw: str, verified: Verified) -> Verified:
        if len(self._verified) >= REMEMBERED_TOKENS:
            self._verified.pop(next(iter(self._verified)))
        self._verified[raw] = verified
        return verified

    def _rejected(self, refusal: Refusal) -> Refusal:
        return refusal.having([(b"WWW-Authenticate", self._rejection)])


def build(config: JwtConfig, _: Scope, tools: Tools) -> Jwt:
    return Jwt(config, tools.issuers)


def untimely(valid: Validity, now: float) -> Refusal | None:
    """Whether the token is used too late or too early; no leeway, as in Kong."""
    if valid.expires is not None and valid.expires <= now:
        return refusals.TOKEN_EXPIRED
    if valid.not_before is not None and valid.not_before > now:
        return refusals.TOKEN_TOO_EARLY
    return None


def query_tokens(query: bytes, names: tuple[str, ...]) -> Iterable[str | None]:
    for pair in query.decode("latin-1").split("&"):
        name, equals, value = pair.partition("=")
        if unquote_plus(name) in names:
            if not equals:
                yield None
            elif value:
                yield unquote_plus(value)


def cookie_tokens(line: str, names: tuple[str, ...]) -> Iterable[str]:
    for pair in line.split(";"):
        name, _, value = pair.strip().partition("=")
        if name in names and value:
            yield value


def token_parameters(configs: Iterable[object]) -> Mapping[str, None]:
    """The names of all query parameters that carry tokens, for whoever writes queries down."""
    return dict.fromkeys(
        name
        for config in configs
        if isinstance(config, JwtConfig)
        for name in config.uri_param_names
    )
