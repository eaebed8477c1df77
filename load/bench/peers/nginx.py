"""nginx: routing only, and the upstream that all peers share."""

import os
from pathlib import Path

from load.bench.peers.contract import Peer, Site, Start, free_port
from load.bench.rows import LARGE_BYTES

ANSWER = '{"orders": [' + ", ".join(f'{{"id": {n}, "total": {n}00}}' for n in range(8)) + "]}"

COMMON = """
{user}daemon off; worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on;
  client_body_temp_path {folder}/{name}.body; proxy_temp_path {folder}/{name}.proxy;
  fastcgi_temp_path {folder}/{name}.f; uwsgi_temp_path {folder}/{name}.u; scgi_temp_path {folder}/{name}.s;
  {rest}
}}
"""

PROXY = """
  upstream all {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    location /route {{
      proxy_pass http://all; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Request-Id $request_id;
    }}
  }}
"""

UPSTREAM = """
  default_type application/json;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0;
    location /reports {{ return 202; }}
    location / {{ return 200 '{answer}'; }}
    location /route/large {{ alias {large}; }}
  }}
"""


def start(site: Site, name: str, port: int, rest: str) -> Start:
    file = site.folder / f"nginx-{name}.conf"
    # As root its workers would be somebody else, who may not read this folder.
    user = "" if os.getuid() else "user root; "
    file.write_text(COMMON.format(folder=site.folder, name=name, rest=rest, user=user))
    return Start((site.binary("nginx") or "nginx", "-c", str(file)), port)


def proxy(site: Site) -> Start:
    port = free_port()
    return start(site, "proxy", port, PROXY.format(port=port, upstream=site.upstream_port))


def upstream(site: Site) -> Start:
    """A short answer to everything, and one of 100 KiB."""
    large, port = Path(site.folder / "large"), free_port()
    large.write_bytes(b"x" * LARGE_BYTES)
    return start(site, "upstream", port, UPSTREAM.format(port=port, answer=ANSWER, large=large))


PEER = Peer(
    "nginx",
    "nginx",
    "install nginx",
    "routing only",
    {"plain": proxy},
    lacks=frozenset({"/jwt", "/limited", "/spent"}),
)
