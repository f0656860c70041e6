"""The web server of the page: loopback unless told, a strict content policy, uploads and downloads by plain name."""

import asyncio
import contextlib
import errno
import socket
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from assistant.app import files
from assistant.app.page import asset, build_page, look
from assistant.settings import SettingsError
from tools.korean import in_korean
from tools.tool import ToolError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from assistant.runs import Runs

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
)
UNUSED = ("/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/gradio_api/stream")
"""Ways of Gradio to move files that the page does not use: ours know the project's folder only."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def serve(
    runs: "Runs",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until the process is interrupted. `on_ready` gets the address once it really answers.

    Raises SettingsError where the port is taken.
    """
    taken = _listen(host, port)
    address = _address(host, taken.getsockname()[1])

    def ready() -> None:
        (on_ready or (lambda url: print(f"Easel is at {url} (stop it with Ctrl+C)", flush=True)))(address)
        if open_browser:
            webbrowser.open(address)

    with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C is how it is stopped, not a failure
        asyncio.run(_serve(_server(runs, host), taken, ready))


@contextlib.contextmanager
def served(runs: "Runs", *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The page in a thread of this process, for as long as the block lasts; gives its address."""
    taken = _listen(host, port)
    server, up = _server(runs, host), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, taken, up.set)), daemon=True)
    thread.start()
    try:
        if not up.wait(60):
            raise SettingsError(
                "The page did not start within 60 s. Try again, or see what else this machine is busy with."
            )
        yield _address(host, taken.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)


async def _serve(server: "uvicorn.Server", listening: socket.socket, ready: Callable[[], None]) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        ready()
    await serving


def _server(runs: "Runs", host: str) -> "uvicorn.Server":
    import uvicorn

    closing = threading.Event()

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            closing.set()  # pages that wait for news are let go, so that Ctrl+C ends at once and without a traceback
            await super().shutdown(sockets)

    app = application(runs, host, closing)
    return Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, ws="none"))


def _listen(host: str, port: int) -> socket.socket:
    """A socket on that port, taken before anything slow is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {port} is taken{_owner(port)}. Stop that, or use another port: `easel --port {port + 1}`."
            ) from error
        raise SettingsError(f"Easel can't listen on {host}:{port}: {error.strerror}.") from error
    return listening


def _owner(port: int) -> str:
    """` by python (process 4711)`, where the system tells."""
    import psutil

    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == "LISTEN" and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        return ""
    return ""


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def application(runs: "Runs", host: str, closing: threading.Event) -> Application:
    """The ASGI application: our few routes, then Gradio, behind the policy."""
    import gradio
    from fastapi import FastAPI

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(app, runs)
    page = build_page(runs, closing=closing)
    gradio.mount_gradio_app(
        app, page, "/", show_error=False, run_history=False, footer_links=[], ssr_mode=False, **look()
    )
    return guarded(app, LOOPBACK if host in LOOPBACK else ())


def _add_routes(app: "FastAPI", runs: "Runs") -> None:
    from fastapi import Request
    from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response

    folder = runs.workspace.files

    def refusal(request: Request, words: str, status: int) -> Response:
        korean = runs.tongue_of_page(request.headers.get("accept-language", "")) == "ko"
        return JSONResponse({"error": in_korean(words) if korean else words}, status_code=status)

    async def upload(name: str, request: Request) -> Response:
        if request.headers.get("x-easel") != "1":  # a page of another site can't set this header unasked
            return JSONResponse({"error": "Only Easel's own page may upload."}, status_code=403)
        try:
            return JSONResponse({"name": await files.receive(folder, name, request.stream())})
        except ToolError as error:
            return refusal(request, str(error), 413)
        except OSError as error:
            return refusal(request, f"{name} can't be saved: {error.strerror}.", 507)

    async def download(name: str, download: int = 0) -> Response:
        path = files.find(folder, name)
        if path is None:
            return PlainTextResponse("No such file in this project.", status_code=404)
        picture = path.suffix in (".svg", ".png")
        way = "inline" if picture and not download else "attachment"
        headers = {
            "cache-control": "no-cache",
            "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        }
        return FileResponse(path, filename=path.name, content_disposition_type=way, headers=headers)

    async def script() -> Response:
        return Response(asset("page.js"), media_type="text/javascript", headers={"cache-control": "no-cache"})

    async def style() -> Response:
        return Response(asset("style.css"), media_type="text/css", headers={"cache-control": "no-cache"})

    app.add_api_route("/easel/files/{name}", upload, methods=["PUT"])
    app.add_api_route("/easel/files/{name}", download, methods=["GET"])
    app.add_api_route("/easel/page.js", script, methods=["GET"])
    app.add_api_route("/easel/style.css", style, methods=["GET"])


def guarded(app: Application, hosts: tuple[str, ...]) -> Application:
    """The application with its headers set, closed to what it does not use and to pages of other sites."""
    extra = [
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]

    async def inner(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        if status := refused(scope, hosts):
            await sent({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"Easel does not answer this."})
            return
        await app(scope, receive, sent)

    return inner


def refused(scope: Message, hosts: tuple[str, ...]) -> int:
    """The status of a request that is not answered, or 0.

    On loopback a foreign host name is DNS rebinding; a change asked for by a page of another origin is a forgery.
    """
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
    host = headers.get("host", "")
    if hosts and host_name(host) not in hosts:
        return 421
    if scope["method"] not in ("GET", "HEAD") and headers.get("origin", f"http://{host}").partition("//")[2] != host:
        return 403
    return 404 if scope["path"].startswith(UNUSED) else 0


def host_name(host: str) -> str:
    """`localhost` of `localhost:7860`, `::1` of `[::1]:7860`."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
