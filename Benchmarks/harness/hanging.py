"""A webhook's other end that takes every request and answers none, until it is mended."""
import http.server
import json
import threading


class HangingReceiver:
    """Listens on a free port of the loopback. `mend` lets it answer; what arrived is in `halts`."""

    def __init__(self):
        self._is_mended = threading.Event()
        self.halts, self.keys, self.attempts = [], set(), 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.attempts += 1
                # Whoever waits here is given up by the daemon; its thread ends with the process.
                receiver._is_mended.wait()
                try:
                    self.send_response(204)
                    self.end_headers()
                    self.wfile.flush()
                except OSError:
                    return
                receiver._take(self.headers["Idempotency-Key"], json.loads(text)["entry"])

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """A connection that the daemon gave up is no error of ours."""

        server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def _take(self, key, entry):
        if key in self.keys or entry.get("transition") != "RAISED" or entry["severity"] != "HALT":
            return
        self.keys.add(key)
        self.halts.append(entry["advisory"]["id"])

    def mend(self):
        self._is_mended.set()
