"""What each field of a document means, in one line. A field without words here stops the reference."""

TYPES: dict[str, str] = {
    "_format_version": '`"3.0"`',
    "protocols": "list that holds `http`",
    "rsa_public_key": "PEM text",
    "config": "object",
}
"""The types of fields that a reader takes as they are and looks at by itself."""

_EVERYWHERE: dict[str, str] = {
    "id": "an id such as a UUID; when left out, made from the entity's name or content, the same on every replica",
    "tags": "labels; they change nothing",
    "enabled": "false takes it out, with everything that hangs on it",
    "name": "what others call it; unique among its kind",
    "plugins": "plugins that apply here",
    "consumer": "at top level: whose it is",
}

_MEANINGS: dict[str, dict[str, str]] = {
    "": {
        "_format_version": "required, and always this",
        "_info": "what Kong's tools say about a file; its `defaults` are refused, because they would change it",
        "services": "see below",
        "routes": "routes at top level, with or without a service",
        "consumers": "see below",
        "plugins": "plugins at top level: global, or scoped by the names they give",
        "jwt_secrets": "credentials at top level; each names its consumer",
        "keyauth_credentials": "API keys at top level; each names its consumer",
        "acls": "groups at top level; each names its consumer",
    },
    "services": {
        "url": "where it is, such as `http://host:port/path`, instead of the next four",
        "protocol": "how it is spoken to",
        "host": "its name or address; not needed with `url`",
        "path": "what stands before every path there; `/` when left out",
        "port": "80, or 443 with https, when left out",
        "connect_timeout": "milliseconds to wait for a connection",
        "read_timeout": "milliseconds to wait for its next bytes; after that the call is refused with 504",
        "write_timeout": "milliseconds in which it has to take the next bytes",
        "retries": "how often to try again: after a failed connection, and for idempotent methods after a lost answer",
        "routes": "routes that lead here",
    },
    "routes": {
        "protocols": "which protocols it is for; all requests here are HTTP",
        "paths": "prefixes, each ending at a path segment: `/users` is no prefix of `/usersX`",
        "methods": "in capital letters; every method when left out",
        "hosts": "names without port, whatever their case; `*` may stand first or last",
        "headers": "header name to the list of values of which one must be there",
        "strip_path": "whether the prefix is taken off before the service sees the path",
        "preserve_host": "whether the service sees the Host that the client sent",
        "service": "where it leads; inside a service, leave it out",
    },
    "consumers": {
        "username": "its name, unique; upstreams see it as `X-Consumer-Username`",
        "custom_id": "its name elsewhere, unique; upstreams see it as `X-Consumer-Custom-Id`",
        "jwt_secrets": "what it signs tokens with",
        "keyauth_credentials": "its API keys",
        "acls": "the groups it is in",
    },
    "jwt_secrets": {
        "key": "what the token's key claim has to say; unique",
        "algorithm": "the only algorithm that its tokens may use",
        "secret": "the shared secret; required for `HS…`",
        "rsa_public_key": "the public key; required for `RS…` and `ES…`, refused for others",
    },
    "keyauth_credentials": {"key": "the API key; unique"},
    "acls": {"group": "the group's name; no comma in it"},
    "plugins": {
        "name": "which plugin; one of those below",
        "protocols": "which protocols it is for; all requests here are HTTP",
        "route": "the route it applies to",
        "service": "the service it applies to",
        "consumer": "the consumer it applies to, for plugins that allow that",
        "config": "the plugin's own fields, see below",
    },
    "correlation-id": {
        "header_name": "the header that carries the id",
        "generator": "how an id is made when the client sent none; a client's own is cut to 255 characters",
        "echo_downstream": "whether the answer carries the id, too",
    },
    "cors": {
        "origins": "origins whose pages may read answers; every origin when left out, or with `*`",
        "methods": "methods that a preflight allows",
        "headers": "request headers that a preflight allows; those it asked for when left out",
        "exposed_headers": "answer headers that pages may read",
        "credentials": "whether browsers may send cookies and credentials",
        "max_age": "seconds for which a browser may remember a preflight",
        "preflight_continue": "whether preflights go on to the service instead of being answered here",
        "private_network": "whether pages may reach a private network",
    },
    "jwt": {
        "claims_to_verify": "claims that must be there: `exp`, `nbf`; both are checked wherever they are",
        "maximum_expiration": "longest life of a token in seconds; 0 is any",
        "uri_param_names": "query parameters that may carry a token",
        "cookie_names": "cookies that may carry a token",
        "header_names": "headers that may carry a token, after `Bearer`",
        "key_claim_name": "the claim (or header of the token) that names the credential's key",
        "secret_is_base64": "whether the consumers' secrets are written in base64",
        "run_on_preflight": "whether OPTIONS requests need a token, too",
        "realm": "the realm that a 401 names",
    },
    "key-auth": {
        "key_names": "headers and query parameters that may carry a key",
        "key_in_header": "whether headers are looked at",
        "key_in_query": "whether the query is looked at; not both false",
        "hide_credentials": "whether the key is taken out before the service sees the request",
        "run_on_preflight": "whether OPTIONS requests need a key, too",
        "realm": "the realm that a 401 names",
    },
    "request-size-limiting": {
        "allowed_payload_size": "how large a body may be, in `size_unit`",
        "size_unit": "what the size is counted in",
        "require_content_length": "whether a body without a length is refused with 411",
    },
    "acl": {
        "allow": "groups that may pass; excludes `deny`",
        "deny": "groups that may not pass; excludes `allow`",
        "hide_groups_header": "whether the service is not told the consumer's groups",
    },
    "rate-limiting": {
        "limit_by": "whose calls are counted together; where there is none, the address counts",
        "header_name": "the header, required with `limit_by: header`",
        "path": "the path, required with `limit_by: path`",
        "policy": "where calls are counted: in this gateway, or in a Redis that replicas share",
        "second": "calls per second",
        "minute": "calls per minute",
        "hour": "calls per hour",
        "day": "calls per day; a longer window may not have the lower limit",
        "redis": "which Redis, instead of the gateway's own",
        "redis.host": "its name or address",
        "redis.port": "its port",
        "redis.database": "its database",
        "redis.username": "the user",
        "redis.password": "the password",
        "redis.timeout": "milliseconds after which it counts as away",
        "fault_tolerant": "whether calls pass when nobody can count them; if not, they are refused with 503",
        "hide_client_headers": "whether answers say nothing about the budget",
        "error_code": "the status of the refusal",
        "error_message": "the message of the refusal",
    },
    "request-transformer": {
        "remove": "what is taken out",
        "remove.headers": "names of headers",
        "add": "what is added where it is not there yet",
        "add.headers": "headers as `Name:value`",
    },
    "aws-lambda": {
        "aws_key": "the access key id that calls are signed with",
        "aws_secret": "the secret that calls are signed with",
        "aws_region": "the region that calls are signed for",
        "function_name": "which function",
        "qualifier": "which version or alias of it",
        "invocation_type": "whether to wait for its answer",
        "log_type": "whether the answer carries the end of the function's log",
        "host": "where functions are invoked; Amazon's host of the region when left out",
        "port": "its port",
        "disable_https": "whether it is spoken to without TLS",
        "timeout": "milliseconds to wait for its answer",
        "unhandled_status": "the status when the function failed; 200 when left out",
        "forward_request_method": "whether the function is told the method",
        "forward_request_uri": "whether the function is told path and query",
        "forward_request_headers": "whether the function is told the headers",
        "forward_request_body": "whether the function is told the body",
        "base64_encode_body": "whether a body that is no text is told as base64",
        "is_proxy_integration": "whether the function's answer has `statusCode`, `headers` and `body`, and becomes the answer",
        "awsgateway_compatible": "whether the function is told the event of Amazon's API Gateway",
        "skip_large_bodies": "changes nothing: a body is told whole or refused with 413",
        "empty_arrays_mode": "changes nothing: the function's JSON is passed on as it is",
        "keepalive": "changes nothing: the gateway keeps connections for a time of its own",
    },
}

_NO_USE = ("redis_", "append", "rename", "replace")
_NO_USE_PARTS = (".body", ".querystring", ".json_types", ".uri", ".defaults")


def of(owner: str, name: str) -> str | None:
    """What a field means; None when nobody has said it."""
    return _MEANINGS.get(owner, {}).get(name) or _EVERYWHERE.get(name)


def of_no_use(name: str) -> bool:
    """Whether a field is looked at only to be refused, or as an old spelling of another."""
    return name.startswith(_NO_USE) or name.endswith(_NO_USE_PARTS)


def named() -> set[tuple[str, str]]:
    """Every field that has words of its own, with its owner."""
    return {(owner, name) for owner, fields in _MEANINGS.items() for name in fields}
