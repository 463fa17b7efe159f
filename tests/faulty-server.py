"""A web server that misbehaves: faulty-server.py FOLDER

Serves /FAULT[/ARGUMENT]/NAME by HTTP and HTTPS on two free ports, which it prints, on this machine only. What it serves, content.bin, and what it serves in its place
where the file changes, other.bin (as long, other bytes), it writes to FOLDER, with certificate.pem where openssl can make one; "0" is printed for HTTPS where not.
It ends when its standard input does. A fault is a function below; n counts the requests for the same path, from 0. NAME has no meaning: it makes paths different.
"""
import gzip
import pathlib
import random
import socket
import ssl
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
SIZE = 300_000
BODY = random.Random(1).randbytes(SIZE)
OTHER = random.Random(2).randbytes(SIZE)
PAGE = b"<html>Please log in.</html>"
HUGE = random.Random(3).randbytes(8_000_000)
TAGS = {id(BODY): '"one"', id(OTHER): '"two"', id(HUGE): '"huge"'}
REASONS = {200: "OK", 206: "Partial Content", 302: "Found", 404: "Not Found", 416: "Range Not Satisfiable"}


class Connection:
    """One request, and ways to answer it."""

    def __init__(self, stream):
        self.stream = stream
        head = b""
        while b"\r\n\r\n" not in head:
            piece = stream.recv(65536)
            if not piece:
                raise ConnectionError
            head += piece
        lines = head.decode("latin-1").split("\r\n")
        self.path = lines[0].split(" ")[1]
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}

    def send(self, data):
        self.stream.sendall(data)

    def head(self, status, **headers):
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Whatever')}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def offset(self, body, check=True):
        """Where a range that was asked for begins; 0 where the whole is to be sent."""
        wanted = self.headers.get("range", "")
        same = self.headers.get("if-range", TAGS[id(body)]) == TAGS[id(body)]
        return int(wanted[6:-1]) if wanted.startswith("bytes=") and (same or not check) else 0

    def serve(self, body, end=None, check=True, tag=True, length=True, pace=0):
        """As a good server does, but for what the arguments say; end: bytes of the body after which it hangs up."""
        at = self.offset(body, check)
        range_ = {"Content_Range": f"bytes {at}-{len(body) - 1}/{len(body)}"} if at else {}
        self.head(206 if at else 200, ETag=TAGS[id(body)] if tag else None,
                  Content_Length=len(body) - at if length else None, **range_)
        rest = body[at:at + end] if end is not None else body[at:]
        for i in range(0, len(rest), 65536 if not pace else 4096):
            self.send(rest[i:i + (65536 if not pace else 4096)])
            time.sleep(pace)

    def chunks(self, pieces, end=True):
        self.head(200, Transfer_Encoding="chunked", ETag='"one"')
        for piece in pieces:
            self.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            self.send(b"0\r\nTrailer: yes\r\n\r\n")


def halves():
    return [BODY[:100_000], BODY[100_000:]]


def hang(connection, seconds=20):
    connection.stream.settimeout(seconds)
    try:
        connection.stream.recv(1)  # until the other side hangs up
    except OSError:
        pass


def stall(connection, n):
    if n == 0:
        connection.head(200, Content_Length=SIZE, ETag='"one"')
        connection.send(BODY[:150_000])
        hang(connection)
    else:
        connection.serve(BODY)


def stall_in_head(connection, n):
    if n == 0:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Le")
        hang(connection)
    else:
        connection.serve(BODY)


def endless_headers(connection, n):
    connection.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.send(b"X-Again: " + b"x" * 1000 + b"\r\n")


def endless_body(connection, n):
    connection.head(200, Transfer_Encoding="chunked")
    while True:
        connection.send(b"10000\r\n" + bytes(65536) + b"\r\n")


def refuse_ranges(connection, n):
    if "range" in connection.headers:
        connection.head(416, Content_Length=0, Content_Range=f"bytes */{SIZE}")
    else:
        connection.serve(BODY, end=100_000 if n == 0 else None)


def wrong_range(first, last, total):
    """A 206 that is about other bytes than those that were asked for."""
    def fault(connection, n):
        if "range" not in connection.headers:
            connection.serve(BODY, end=100_000 if n == 0 else None)
            return
        connection.head(206, Content_Range=f"bytes {first}-{last}/{total}", Content_Length=last - first + 1)
        connection.send(OTHER[first:last + 1])
    return fault


def unasked_part(connection, n):
    connection.head(206, Content_Range=f"bytes 0-{SIZE - 1}/{SIZE}", Content_Length=SIZE)
    connection.send(BODY)


def redirect(target):
    def fault(connection, n):
        connection.head(302, Location=target, Content_Length=5)
        connection.send(b"there")
    return fault


def redirect_to_good(connection, n):
    connection.head(302, Location="../good/redirected", Content_Length=0)


def redirect_on(connection, n, count):
    connection.head(302, Location=f"/redirect-on/{int(count) - 1}/x" if int(count) else "/good/x", Content_Length=0)


def redirect_to_http(connection, n):
    connection.head(302, Location=f"http://127.0.0.1:{PORTS[0]}/good/x", Content_Length=0)


def status(connection, n, code, times="1000", retry=None):
    """code, so many times, then the file."""
    if n < int(times):
        connection.head(int(code), Content_Length=3, Retry_After=retry)
        connection.send(b"no\n")
    else:
        connection.serve(BODY)


def continue_first(connection, n):
    connection.send(b"HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\nContent-Length: 1\r\n\r\n")
    connection.serve(BODY)


def twice(connection, n):
    connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\nContent-Length: 7\r\n\r\n".encode())
    connection.send(BODY)


def plain_head(**headers):
    def fault(connection, n):
        connection.head(200, **headers)
        connection.send(BODY)
    return fault


FAULTS = {
    "good": lambda c, n: c.serve(BODY),
    "slow": lambda c, n: c.serve(HUGE, pace=0.002),
    "cut": lambda c, n, end: c.serve(BODY, end=int(end) if n == 0 else None),
    "cut-always": lambda c, n, end: c.serve(BODY, end=int(end)),
    "cut-without-tag": lambda c, n: c.serve(BODY, end=100_000 if n == 0 else None, tag=False),
    "cut-without-length": lambda c, n: c.serve(BODY, end=100_000 if n == 0 else None, length=False),
    "cut-chunks": lambda c, n: c.chunks(halves()[:1 if n == 0 else 2], end=n > 0),
    "no-range": lambda c, n: c.serve(BODY, end=100_000) if n == 0 else plain_head(Content_Length=SIZE)(c, n),
    "changed": lambda c, n: c.serve(OTHER, end=100_000) if n == 0 else c.serve(BODY),
    "changed-no-if-range": lambda c, n: c.serve(OTHER, end=100_000) if n == 0 else c.serve(BODY, check=False),
    "changed-in-secret": lambda c, n: c.serve(OTHER, end=100_000) if n == 0 else c.serve(BODY, check=False, tag=False),
    "length-less": lambda c, n: plain_head(Content_Length=SIZE - 1000)(c, n),
    "length-more": lambda c, n: plain_head(Content_Length=SIZE + 1000)(c, n),
    "length-minus": lambda c, n: plain_head(Content_Length=-1)(c, n),
    "length-huge": lambda c, n: plain_head(Content_Length=1 << 62)(c, n),
    "length-twice": twice,
    "no-length": lambda c, n: c.serve(BODY, length=False),
    "drip": lambda c, n: c.serve(BODY, pace=0.004),
    "stall": stall,
    "stall-in-head": stall_in_head,
    "status": status,
    "loop": redirect("x"),
    "to-file": redirect("file:///etc/passwd"),
    "to-http": redirect("http://example.invalid/x"),
    "to-user": redirect("https://someone@example.invalid/x"),
    "to-nothing": redirect("http://"),
    "to-long": redirect("https://example.invalid/" + "x" * 5000),
    "to-good": redirect_to_good,
    "to-local-http": redirect_to_http,
    "redirect-on": redirect_on,
    "other": lambda c, n: c.serve(OTHER),
    "page": lambda c, n: (c.head(200, Content_Type="text/html", Content_Length=len(PAGE)), c.send(PAGE)),
    "page-open": lambda c, n: (c.head(200, Content_Type="text/html"), c.send(PAGE)),
    "garbage": lambda c, n: c.send(bytes(range(256)) * 20),
    "garbage-head": lambda c, n: c.send(b"HTTP/1.1 200 OK\r\n\0\xff\xfe: \1\2\r\n: :\r\n\r\n" + BODY),
    "no-status": lambda c, n: c.send(b"HTTP/1.1 banana\r\n\r\n"),
    "endless-headers": endless_headers,
    "endless-body": endless_body,
    "chunks": lambda c, n: c.chunks(halves()),
    "chunks-more": lambda c, n: c.chunks(halves() + [b"more"]),
    "chunks-less": lambda c, n: c.chunks(halves()[:1]),
    "chunks-broken": lambda c, n: (c.head(200, Transfer_Encoding="chunked"), c.send(b"zzzz\r\nabc")),
    "packed": lambda c, n: (c.head(200, Content_Encoding="gzip"), c.send(gzip.compress(BODY))),
    "empty": lambda c, n: c.head(200, Content_Length=0),
    "empty-open": lambda c, n: c.head(200),
    "hang-up": lambda c, n: None,
    "hang-up-once": lambda c, n: None if n == 0 else c.serve(BODY),
    "no-resume": refuse_ranges,
    "other-start": wrong_range(50_000, SIZE - 1, SIZE),
    "other-end": wrong_range(100_000, SIZE - 2, SIZE),
    "other-total": wrong_range(100_000, SIZE, SIZE + 1),
    "unasked-part": unasked_part,
    "continue": continue_first,
}

counts = {}
lock = threading.Lock()


def answer(stream, context):
    try:
        stream.settimeout(30)
        if context:
            stream = context.wrap_socket(stream, server_side=True)
        connection = Connection(stream)
        with lock:
            n = counts.get(connection.path, 0)
            counts[connection.path] = n + 1
        fault, *arguments = connection.path.strip("/").split("/")[:-1]
        FAULTS[fault](connection, n, *arguments)
    except OSError:
        pass  # the other side has had enough
    finally:
        try:
            stream.shutdown(socket.SHUT_WR)
            stream.settimeout(1)
            while stream.recv(65536):  # not reset: what was sent is to arrive
                pass
        except OSError:
            pass
        stream.close()


def listen(context):
    server = socket.create_server(("127.0.0.1", 0), backlog=50)

    def accept():
        while True:
            stream, _ = server.accept()
            threading.Thread(target=answer, args=(stream, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def make_certificate():
    """For this machine's address, known to nobody."""
    certificate, key = FOLDER / "certificate.pem", FOLDER / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
               "-subj", "/CN=faulty", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


for name, body in {"content.bin": BODY, "other.bin": OTHER, "huge.bin": HUGE}.items():
    (FOLDER / name).write_bytes(body)
context = make_certificate()
PORTS = [listen(None), listen(context) if context else 0]
print(*PORTS, flush=True)
sys.stdin.read()
