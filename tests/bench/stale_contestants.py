"""The proxies of the stale torture, each set up as its expert would against origins that close idle
connections early: kept-alive upstream connections, what is safe to repeat is repeated.

- nginx: GET and PUT go to another connection (the server is named three times so that a silent one
  is left too); POST is not repeated, since non_idempotent stays off.
- nginx-new-posts: the same, and POST goes out on a connection of its own: no stale one ever.
- haproxy: `http-reuse safe`, layer-7 retries for all but POST, tcp-ut against silence.
"""

import peers
import stale_run
from contestants import Contestant

CONNECTIONS = 20
SILENCE_SECONDS = stale_run.DEAD_AFTER_SECONDS
TEMPORARY = " ".join(f"{kind}_temp_path tmp_{kind};" for kind in
                     ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def nginx(origin, fresh_posts=False):
    scheme = "https" if origin.tls else "http"
    verify = (f"proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_server_name on; "
              f"proxy_ssl_trusted_certificate {origin.tls.ca};") if origin.tls else ""
    server = f"server 127.0.0.1:{origin.port} max_fails=0;"
    text = f"""
        daemon off; master_process off; pid nginx.pid; error_log stderr crit;
        events {{ worker_connections 4096; }}
        http {{
          access_log off; {TEMPORARY} keepalive_requests 100000000; keepalive_timeout 300s;
          upstream kept {{ {server * 3} keepalive {CONNECTIONS}; keepalive_timeout 60s;
                           keepalive_requests 100000000; }}
          upstream fresh {{ {server * 3} }}
          map $request_method $pool {{ default kept; {"POST fresh;" if fresh_posts else ""} }}
          server {{
            listen 127.0.0.1:@PORT@;
            location / {{
              proxy_pass {scheme}://$pool; proxy_http_version 1.1; {verify}
              proxy_set_header Connection ""; proxy_set_header Host localhost;
              proxy_next_upstream error timeout; proxy_next_upstream_tries 3;
              proxy_read_timeout {SILENCE_SECONDS}s; proxy_socket_keepalive on;
            }}
          }}
        }}"""
    program = peers.find("nginx")
    return Contestant("nginx", {"nginx.conf": text},
                      [program, "-p", ".", "-c", "nginx.conf", "-e", "stderr"],
                      peers.environment_of(program))


def nginx_new_for_post(origin):
    return nginx(origin, fresh_posts=True)


def haproxy(origin):
    tls = f"ssl verify required ca-file {origin.tls.ca} sni str(localhost)" if origin.tls else ""
    text = f"""
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  http-reuse safe
  timeout connect 5s
  timeout client 300s
  timeout http-keep-alive 300s
  timeout server 20s
  retries 3
  retry-on conn-failure empty-response response-timeout 408
frontend in
  bind 127.0.0.1:@PORT@
  http-request disable-l7-retry if METH_POST
  default_backend out
backend out
  server origin 127.0.0.1:{origin.port} tcp-ut {SILENCE_SECONDS}s pool-purge-delay 60s {tls}
"""
    program = peers.find("haproxy")
    return Contestant("haproxy", {"haproxy.cfg": text}, [program, "-db", "-q", "-f", "haproxy.cfg"],
                      peers.environment_of(program))


STARTERS = {"nginx": nginx, "nginx-new-posts": nginx_new_for_post, "haproxy": haproxy}
