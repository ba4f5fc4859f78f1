"""Show the board: `python -m helpers.board FOLDER`"""

import argparse
import math
import os
import secrets
import shutil
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from helpers import board as package
from helpers import notebook
from helpers.board.page import POLICY, as_page, write_page
from helpers.board.reading import Board, titles
from helpers.board.showing import Rules, view
from helpers.board.text import as_text


class Server(ThreadingHTTPServer):
    """Shows the page at one address of this computer, which holds a secret: on a shared server, others are here too.

    Parameters
    ----------
    port : int
        0 for any that is free.
    """

    def __init__(self, port):
        self.secret = secrets.token_urlsafe(12)
        self.page = ""
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/{self.secret}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if not secrets.compare_digest(self.path.encode(), f"/{self.server.secret}".encode()):
            self.send_error(404, "Use the whole address that the board has printed")
            return
        page = self.server.page.encode()
        self.send_response(200)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments):
        """No line for each time that a browser asks."""


def main(arguments=None):
    chosen = _arguments(arguments)
    rules = Rules(chosen.lesson, chosen.wall, chosen.stuck_after, chosen.attempts, chosen.quiet_after)
    board = Board(chosen.folder)
    try:
        board.read()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        print(
            f"The folder {chosen.folder} cannot be read ({error.strerror}): expected is the one that WORKSHOP_BOARD "
            "names for the students. Make it as docs/board.md says, or name another.",
            file=sys.stderr,
        )
        return 2
    try:
        if chosen.page:
            _keep_writing(board, rules, chosen.page, chosen.every)
        elif chosen.serve is not None:
            _keep_serving(board, rules, chosen.serve, chosen.every)
        else:
            _print(board, rules, chosen.watch)
    except OSError as error:
        print(f"The board cannot be shown: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print()
    return 0


def _arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m helpers.board", description=package.__doc__.splitlines()[0].partition(" `")[0]
    )
    parser.add_argument(
        "folder",
        type=lambda text: Path(text).expanduser(),
        nargs="?",
        default=os.environ.get("WORKSHOP_BOARD") or None,
        metavar="FOLDER",
        help="where the students' files are; by default what WORKSHOP_BOARD names",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--watch", type=_seconds, metavar="SECONDS", help="print again after so many seconds")
    way.add_argument("--page", type=Path, metavar="FILE", help="write a web page again and again")
    way.add_argument(
        "--serve", type=_port, nargs="?", const=8765, metavar="PORT", help="show that page on this computer; port 8765"
    )
    parser.add_argument("--every", type=_seconds, default=5, metavar="SECONDS", help="of the page; 5 by default")
    parser.add_argument("--lesson", type=int, help="only this one, for example 05")
    parser.add_argument("--wall", action="store_true", help="exercises only, no single student: for the projector")
    parser.add_argument(
        "--stuck-after", type=_minutes, default=Rules.stuck_after, metavar="MINUTES", help="%(default)s by default"
    )
    parser.add_argument(
        "--attempts",
        type=_attempts,
        default=Rules.attempts,
        help="refusals and hints; %(default)s by default",
    )
    parser.add_argument(
        "--quiet-after", type=_minutes, default=Rules.quiet_after, metavar="MINUTES", help="%(default)s by default"
    )
    chosen = parser.parse_args(arguments)
    if chosen.folder is None:
        parser.error("name the folder of the board: none is given, and WORKSHOP_BOARD is not set")
    if chosen.lesson is not None and chosen.lesson not in titles():
        parser.error(f"there is no lesson {chosen.lesson}; expected one of {', '.join(map(str, titles()))}")
    return chosen


def _number(kind, least, most, expected):
    """The type of an option: a number in these bounds, or a sentence that says what is expected."""

    def number(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:  # nor is nan
            raise argparse.ArgumentTypeError(f"expected {expected}, not {text}")
        return value

    return number


_seconds = _number(float, 1, 86400, "at least 1 second, and a day at the most")
_minutes = _number(float, 0, math.inf, "minutes, 0 or more")
_attempts = _number(int, 0, math.inf, "a whole number, 0 or more")
_port = _number(int, 0, 65535, "a port from 0 to 65535")


def _print(board, rules, seconds):
    while True:
        if seconds and sys.stdout.isatty() and os.name == "posix":
            print("\033[H\033[2J", end="")
        notebook.say(as_text(view(board, rules), shutil.get_terminal_size((100, 24)).columns))
        if not seconds:
            return
        sys.stdout.flush()
        time.sleep(seconds)
        print()
        _read_again(board)


def _keep_writing(board, rules, path, seconds):
    write_page(path, as_page(view(board, rules), seconds))
    print(f"Open {path.absolute().as_uri()} in a browser. Ctrl+C ends it.", flush=True)
    said = None
    while True:
        time.sleep(seconds)
        _read_again(board)
        try:
            write_page(path, as_page(view(board, rules), seconds))
            said = None
        except FileExistsError:  # somebody else's file is there now
            raise
        except OSError as error:  # a full disk, a network that is away or, on Windows, a browser that reads it
            if error.strerror != said:
                print(f"The page was not renewed this time ({error.strerror}); trying again.", file=sys.stderr)
            said = error.strerror


def _keep_serving(board, rules, port, seconds):
    try:
        server = Server(port)
    except OSError as error:
        raise OSError(
            f"port {port} cannot be had ({error.strerror}); choose another, for example --serve {port % 65535 + 1}, or "
            "--serve 0 for any that is free."
        ) from error
    with server:
        server.page = as_page(view(board, rules), seconds)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Open {server.address} in a browser on this computer. Ctrl+C ends it.", flush=True)
        try:
            while True:
                time.sleep(seconds)
                _read_again(board)
                server.page = as_page(view(board, rules), seconds)
        finally:
            server.shutdown()


def _read_again(board):
    """Take in what is new; where the folder is away, the board says so and keeps what it has."""
    try:
        board.read()
    except OSError as error:
        board.notes = [f"The folder cannot be read at the moment ({error.strerror}); this is what was there before."]


if __name__ == "__main__":
    raise SystemExit(main())
