"""Real servers that tests put at the other end: nginx, Python's own, and certificates for them."""

import contextlib
import functools
import glob
import http.server
import os
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from harness import eventually

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(_ROOT, ".deps", "peers")  # where scripts/setup unpacks them


def find(name):
    """The path of nginx, haproxy or promtool: $TRUNKD_NGINX, the unpacked or the installed one."""
    candidates = [
        os.environ.get("TRUNKD_" + name.upper()),
        os.path.join(PEERS, "usr", "sbin", name),
        os.path.join(PEERS, "usr", "bin", name),
        shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"),
    ]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def environment_of(program):
    """An unpacked program finds the libraries that were unpacked with it."""
    prefix = os.path.dirname(os.path.dirname(os.path.dirname(program)))
    libraries = glob.glob(os.path.join(prefix, "usr", "lib", "*-linux-gnu*"))
    if prefix in ("", "/") or not libraries:
        return dict(os.environ)
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


def needs(name):
    """Skips a test, or a class of tests, where a program is not there."""
    there = find(name) or shutil.which(name)
    return unittest.skipUnless(there, f"{name} is not installed (scripts/setup --tests)")


def free_port():
    """A port below the range that the kernel gives to outgoing connections, so that nothing takes
    it between this call and the start of the server that needs a number in its configuration."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@functools.lru_cache(maxsize=None)
def certificates():
    """A certificate authority made now, and a certificate of localhost and 127.0.0.1 by it."""
    return Certificates()


class Certificates:
    def __init__(self, alternative_names="DNS:localhost,IP:127.0.0.1", days=2):
        self._directory = tempfile.TemporaryDirectory(prefix="trunkd-test-ca-")
        self.ca = self._path("ca.pem")
        self.certificate = self._path("server.pem")
        self.key = self._path("server.key")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", str(days)]
        self._openssl("req", "-x509", *key, "-keyout", self._path("ca.key"), "-out", self.ca,
                      "-subj", "/CN=trunkd test CA",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._openssl("req", *key[:-2], "-keyout", self.key, "-out", self._path("server.csr"),
                      "-subj", "/CN=trunkd test origin")
        with open(self._path("names"), "w") as names:
            names.write(f"subjectAltName={alternative_names}\nbasicConstraints=CA:FALSE\n")
        self._openssl("x509", "-req", "-in", self._path("server.csr"), "-CA", self.ca, "-CAkey",
                      self._path("ca.key"), "-CAcreateserial", "-days", str(days), "-out",
                      self.certificate, "-extfile", self._path("names"))

    def _path(self, name):
        return os.path.join(self._directory.name, name)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Nginx:
    """A real nginx in the foreground, one process, on one plain and one TLS port of 127.0.0.1.

    `locations` is nginx configuration for the server; files are served from `self.root`.
    """

    def __init__(self, locations, keepalive_requests=1000000, workers=0):
        self.directory = tempfile.TemporaryDirectory(prefix="trunkd-test-nginx-")
        self.root = os.path.join(self.directory.name, "root")
        os.mkdir(self.root)
        self.port, self.tls_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_url = f"https://localhost:{self.tls_port}"
        text = self._configuration(locations, keepalive_requests)
        with open(os.path.join(self.directory.name, "nginx.conf"), "w") as out:
            out.write(text)
        program = find("nginx")
        self._errors = open(os.path.join(self.directory.name, "error.log"), "w+")
        self.process = subprocess.Popen(
            [program, "-p", self.directory.name, "-c", "nginx.conf", "-e", "stderr"],
            stderr=self._errors, env=environment_of(program))
        eventually(self._listens, what="nginx's port")

    def _configuration(self, locations, keepalive_requests):
        tls = certificates()
        temporary = "\n".join(f"{kind}_temp_path tmp_{kind};" for kind in
                              ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return f"""
            daemon off; master_process off; pid nginx.pid; error_log stderr warn;
            events {{ worker_connections 4096; }}
            http {{
              access_log off; default_type application/octet-stream; {temporary}
              keepalive_requests {keepalive_requests}; keepalive_timeout 300s;
              client_max_body_size 0; sendfile on;
              server {{
                listen 127.0.0.1:{self.port}; listen 127.0.0.1:{self.tls_port} ssl;
                ssl_certificate {tls.certificate}; ssl_certificate_key {tls.key};
                ssl_session_cache shared:tls:1m;
                root {self.root};
                {locations}
              }}
            }}"""

    def _listens(self):
        if self.process.poll() is not None:
            self._errors.seek(0)
            raise AssertionError("nginx did not start: " + self._errors.read())
        for port in (self.port, self.tls_port):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self._errors.close()
        self.directory.cleanup()


class Tinyproxy:
    """A real tinyproxy in the foreground, a forward proxy on a port of 127.0.0.1.

    `login` is "user password", if there is one.
    """

    def __init__(self, login=None, address="127.0.0.1", port=None):
        self.directory = tempfile.TemporaryDirectory(prefix="trunkd-test-tinyproxy-")
        self.address, self.port = address, port or free_port()
        path = os.path.join(self.directory.name, "tinyproxy.conf")
        with open(path, "w") as out:
            out.write(f"Port {self.port}\nListen {address}\nAllow {address}\nTimeout 60\n"
                      "LogLevel Connect\n")
            if login:
                out.write(f"BasicAuth {login}\n")
        program = find("tinyproxy")
        self._log = open(os.path.join(self.directory.name, "log"), "w+")
        self.process = subprocess.Popen([program, "-d", "-c", path], stdout=self._log,
                                        stderr=self._log, env=environment_of(program))
        eventually(self._listens, what="tinyproxy's port")

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError("tinyproxy did not start: " + self.log())
        with socket.socket() as probe:
            return probe.connect_ex((self.address, self.port)) == 0

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def requests(self):
        """The request lines that it was sent: ["CONNECT localhost:443 HTTP/1.1"]."""
        marks = (line.partition("): ") for line in self.log().splitlines()
                 if "Request (file descriptor" in line)
        return [request for _, _, request in marks]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self._log.close()
        self.directory.cleanup()


class PythonServer:
    """Python's http.server with keep-alive, a thread a connection; counts the connections."""

    def __init__(self, handler, tls=False):
        class CountingServer(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256
            accepted = 0

            def get_request(self):
                stream, address = super().get_request()
                self.accepted += 1
                return stream, address

            def handle_error(self, request, client_address):
                pass  # a proxy that closes an idle connection is no news

        self._server = CountingServer(("127.0.0.1", 0), handler)
        port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        if tls:
            # The handshake belongs to the connection's own thread, not to accept().
            self._server.socket = certificates().server_context().wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False)
            self.url = f"https://localhost:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def accepted(self):
        return self._server.accepted

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def read_chunks(stream):
    """The payload of a chunked body."""
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    while stream.readline() not in (b"\r\n", b""):
        pass
    return body


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """Says what it was asked: method, path and body, with the fields that a test looks at."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = read_chunks(self.rfile)
        text = f"{self.command} {self.path} {len(body)} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def log_message(self, *_):
        pass
