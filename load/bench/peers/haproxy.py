"""HAProxy: tokens checked afresh on each request, limits in its own memory, one thread."""

from load.bench.peers.contract import SECRET, Peer, Site, Start, free_port

CONFIG = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend all
  bind 127.0.0.1:{port}
  option forwardfor
  acl open path_beg /route
  acl counted path_beg /limited /spent
  http-request set-var(txn.token) http_auth_bearer if !open
  http-request deny deny_status 401 if !open !{{ var(txn.token),jwt_verify("HS256","{secret}") 1 }}
  http-request track-sc0 var(txn.token),jwt_payload_query('$.kid') table counts if counted
  http-request deny deny_status 429 if {{ path_beg /spent }} {{ sc_http_req_rate(0) gt 1 }}
  http-request deny deny_status 429 if {{ path_beg /limited }} {{ sc_http_req_rate(0) gt 2000000000 }}
  default_backend upstream
backend counts
  stick-table type string len 64 size 100k expire 1h store http_req_rate(1h)
backend upstream
  server one 127.0.0.1:{upstream} pool-max-conn 256
"""


def start(site: Site) -> Start:
    file, port = site.folder / "haproxy.cfg", free_port()
    file.write_text(CONFIG.format(port=port, upstream=site.upstream_port, secret=SECRET))
    return Start((site.binary("haproxy") or "haproxy", "-db", "-f", str(file)), port)


PEER = Peer(
    "haproxy",
    "haproxy",
    "install haproxy",
    "limits in its own memory",
    {"plain": start},
)
