"""The proxies that compare runs, each set up as its own expert would: one thread, kept-alive
upstream connections, no access log, nothing rewritten that need not be."""

import json
import os
import signal
import socket
import subprocess
import tempfile

import peers
from harness import eventually


def pinned(core, start):
    """Runs start() on one core; what it starts stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        return start()
    finally:
        os.sched_setaffinity(0, before)


def starters(options, tls, port):
    """Functions that each start one contestant, trunkd first."""
    others = [pair.split("=", 1) for pair in options.against or []]
    for name, program in [("trunkd", options.trunkd), *others]:
        yield lambda name=name, program=program: _trunkd(name, program, options, tls, port)
    yield lambda: _nginx(options, tls, port)
    yield lambda: _haproxy(options, tls, port)


class Contestant:
    """A running proxy: its name, its URL, its process."""

    def __init__(self, name, files, command, environment=None):
        self.name = name
        self.port = peers.free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._directory = tempfile.TemporaryDirectory(prefix="trunkd-bench-")
        for file, text in files.items():
            with open(os.path.join(self._directory.name, file), "w") as out:
                out.write(text.replace("@PORT@", str(self.port)))
        self._errors = open(os.path.join(self._directory.name, "stderr"), "w+")
        self._process = subprocess.Popen(
            command, cwd=self._directory.name, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self._errors)
        self.pid = self._process.pid
        eventually(self._listens, what=f"{name}'s port")

    def _listens(self):
        if self._process.poll() is not None:
            self._errors.seek(0)
            raise SystemExit(f"compare: {self.name} did not start:\n{self._errors.read()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        self._directory.cleanup()


def _trunkd(name, program, options, tls, port):
    # The port is put in as text: JSON is YAML.
    shop = {"listen": "@PORT@", "connections": options.connections,
            "base_url": f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}",
            "response_info": options.response_info}
    if tls:
        shop["tls"] = {"ca_file": peers.certificates().ca}
    config = {"listen": False, "log": {"access": False, "level": "warning"},
              "sessions": {"shop": shop}}
    text = json.dumps(config).replace('"@PORT@"', "@PORT@")
    command = [os.path.abspath(program), "serve", "-c", "trunkd.yaml"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": tempfile.gettempdir()}
    return Contestant(name, {"trunkd.yaml": text}, command, environment)


def _nginx(options, tls, port):
    scheme = "https" if tls else "http"
    verify = (f"proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_server_name on; "
              f"proxy_ssl_trusted_certificate {peers.certificates().ca};") if tls else ""
    temporary = " ".join(f"{kind}_temp_path tmp_{kind};" for kind in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = f"""
        daemon off; master_process off; pid nginx.pid; error_log stderr warn;
        events {{ worker_connections 4096; }}
        http {{
          access_log off; {temporary}
          keepalive_requests 100000000; keepalive_timeout 300s; server_tokens off;
          upstream origin {{
            server 127.0.0.1:{port}; keepalive {options.connections};
            keepalive_requests 100000000; keepalive_timeout 300s;
          }}
          server {{
            listen 127.0.0.1:@PORT@;
            location / {{
              proxy_pass {scheme}://origin; proxy_http_version 1.1; {verify}
              proxy_set_header Connection ""; proxy_set_header Host localhost;
            }}
          }}
        }}"""
    program = peers.find("nginx")
    return Contestant("nginx", {"nginx.conf": text},
                      [program, "-p", ".", "-c", "nginx.conf", "-e", "stderr"],
                      peers.environment_of(program))


def _haproxy(options, tls, port):
    trust = f" ssl verify required ca-file {peers.certificates().ca} sni str(localhost)"
    verify = trust if tls else ""
    text = f"""
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend in
  bind 127.0.0.1:@PORT@
  default_backend out
backend out
  server origin 127.0.0.1:{port} maxconn {options.connections} pool-purge-delay 300s{verify}
"""
    program = peers.find("haproxy")
    return Contestant("haproxy", {"haproxy.cfg": text}, [program, "-db", "-q", "-f", "haproxy.cfg"],
                      peers.environment_of(program))
