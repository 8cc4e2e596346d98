"""Sending over HTTP, against small servers on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from mockserver.adapters.sender import LARGEST_ANSWER, HttpSender, ScriptedSender
from mockserver.kernel.ports import Deadlines, OutgoingAnswer, OutgoingRequest, SendFailed

PATIENT = Deadlines(connect=30, read=30, total=30)


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def reply(status: int, *headers: bytes, body: bytes = b"") -> bytes:
    """A whole answer, after which the connection is not used again."""
    lines = [b"HTTP/1.1 %d X" % status, *headers, b"connection: close", b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])


OK = reply(200, body=b"ok")


class Partner:
    """A partner who answers each request as told, and keeps what came."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._writers: list[asyncio.StreamWriter] = []
        self._taking: list[asyncio.Task[None] | None] = []
        self.url = ""
        self.heads: list[str] = []
        self.bodies: list[bytes] = []

    @property
    def connections(self) -> int:
        return len(self._writers)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._taking.append(asyncio.current_task())
        # A sender that has given up closes the connection.
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.heads.append(head)
                self.bodies.append(await reader.readexactly(_length(head)))
                await self._answer(writer)
                await writer.drain()
        writer.close()

    async def leave(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(task for task in self._taking if task))


def _length(head: str) -> int:
    lengths = (
        line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("content-length:")
    )
    return int(next(lengths))


@contextlib.asynccontextmanager
async def partner(answer: Answer) -> AsyncIterator[Partner]:
    made = Partner(answer)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        # A sender that gave up early may have left a connection that is only now being accepted.
        for _ in range(10):
            await asyncio.sleep(0)
        server.close()
        await made.leave()


def saying(*raw: bytes, close: bool = False) -> Answer:
    """Answers with these bytes, one after the other."""
    left = list(raw)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0))
        if close:
            writer.close()

    return answer


async def silent(_writer: asyncio.StreamWriter) -> None:
    """Never answers."""


def request(url: str, *headers: tuple[str, str], body: bytes = b"{}") -> OutgoingRequest:
    return OutgoingRequest(url, (("content-type", "application/json"), *headers), body)


def sent(answer: Answer, deadlines: Deadlines = PATIENT) -> tuple[OutgoingAnswer, Partner]:
    async def main() -> tuple[OutgoingAnswer, Partner]:
        async with partner(answer) as there:
            return await HttpSender().send(request(f"{there.url}/call"), deadlines), there

    return asyncio.run(main())


def failure(answer: Answer, deadlines: Deadlines = PATIENT) -> str:
    with pytest.raises(SendFailed) as caught:
        sent(answer, deadlines)
    return str(caught.value)


def test_a_call_is_posted_with_its_headers_and_its_bytes() -> None:
    async def main() -> tuple[OutgoingAnswer, Partner]:
        async with partner(saying(OK)) as there:
            call = request(f"{there.url}/pam?a=1", ("signature", "ab12"), body=b'{ "a" :\n1}')
            return await HttpSender().send(call, PATIENT), there

    answer, there = asyncio.run(main())

    assert answer == OutgoingAnswer(200, (("connection", "close"), ("content-length", "2")), b"ok")
    assert there.heads[0].startswith("POST /pam?a=1 HTTP/1.1\r\n")
    assert "signature: ab12\r\n" in there.heads[0]
    assert "content-type: application/json\r\n" in there.heads[0]
    assert there.bodies == [b'{ "a" :\n1}']


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
def test_an_answer_of_any_status_is_an_answer(status: int) -> None:
    answer, there = sent(saying(reply(status)))

    assert (answer.status, answer.body, len(there.bodies)) == (status, b"", 1)


def test_a_header_that_is_repeated_comes_twice() -> None:
    answer, _ = sent(saying(reply(200, b"x-a: 1", b"x-a: 2")))

    assert answer.headers[:2] == (("x-a", "1"), ("x-a", "2"))


def test_an_answer_in_chunks_is_read_whole() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
    )

    assert sent(saying(chunked))[0].body == b"hello"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    moved = reply(status, b"location: /elsewhere")

    answer, there = sent(saying(moved, OK))

    assert (answer.status, dict(answer.headers)["location"]) == (status, "/elsewhere")
    assert len(there.heads) == 1


def test_a_cookie_is_not_kept() -> None:
    cookie = reply(200, b"set-cookie: session=1; Path=/")

    async def main() -> tuple[list[str], list[str]]:
        async with partner(saying(cookie, OK)) as there, partner(saying(cookie, OK)) as control:
            sender = HttpSender()
            for _ in range(2):
                await sender.send(request(there.url), PATIENT)
            async with httpx.AsyncClient() as client:
                for _ in range(2):
                    await client.post(control.url, content=b"{}")
            return there.heads, control.heads

    heads, of_a_browser = asyncio.run(main())

    assert len(heads) == 2
    assert all("cookie" not in head.lower() for head in heads)
    assert "cookie: session=1" in of_a_browser[1].lower()


def test_calls_share_a_connection() -> None:
    async def main() -> tuple[int, int]:
        kept = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        async with partner(saying(kept, kept, kept)) as there, httpx.AsyncHTTPTransport() as transport:
            sender = HttpSender({"all://": transport})
            for _ in range(3):
                await sender.send(request(there.url), PATIENT)
            return len(there.heads), there.connections

    assert asyncio.run(main()) == (3, 1)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> tuple[int, int]:
        async with partner(saying(OK)) as proxy, partner(saying(OK)) as there:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            await HttpSender().send(request(there.url), PATIENT)
            return len(there.heads), len(proxy.heads)

    assert asyncio.run(main()) == (1, 0)


def test_a_refused_connection_is_a_failure() -> None:
    async def main() -> None:
        async with partner(saying(OK)) as gone:
            url = gone.url
        await HttpSender().send(request(url), PATIENT)

    with pytest.raises(SendFailed) as caught:
        asyncio.run(main())

    assert str(caught.value) == "no connection: All connection attempts failed"


def test_silence_beyond_the_read_deadline_is_a_failure() -> None:
    assert failure(silent, Deadlines(connect=30, read=0.02, total=30)) == "nothing came for 0.02 s"


def test_silence_within_an_answer_counts_as_silence_too() -> None:
    begun = saying(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")

    assert failure(begun, Deadlines(connect=30, read=0.02, total=30)) == "nothing came for 0.02 s"


def test_no_answer_within_the_total_deadline_is_a_failure() -> None:
    told = failure(silent, Deadlines(connect=30, read=30, total=0.02))

    assert told == "no complete answer within 0.02 s"


def trickling(pieces: int) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % pieces)
        for _ in range(pieces):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0)

    return answer


def test_an_answer_that_trickles_beyond_the_total_deadline_is_a_failure() -> None:
    told = failure(trickling(900_000), Deadlines(connect=30, read=30, total=0.1))

    assert told == "no complete answer within 0.1 s"
    assert sent(trickling(20))[0].body == b"x" * 20


def test_an_answer_may_be_as_large_as_is_allowed_and_no_larger() -> None:
    def of_size(size: int) -> Answer:
        return saying(reply(200, body=b"x" * size))

    assert len(sent(of_size(LARGEST_ANSWER))[0].body) == 1024 * 1024
    assert failure(of_size(LARGEST_ANSWER + 1)) == "the answer is larger than 1048576 bytes"


def test_an_encoded_answer_is_not_asked_for_and_not_unpacked() -> None:
    squeezed = gzip.compress(gzip.compress(b"x" * (100 * LARGEST_ANSWER)))
    plain, there = sent(saying(reply(200, b"content-encoding: identity", body=b"hello")))

    assert "accept-encoding: identity\r\n" in there.heads[0].lower()
    assert plain.body == b"hello"
    assert failure(saying(reply(200, b"content-encoding: gzip, gzip", body=squeezed))) == (
        "the answer is encoded (gzip, gzip), which was not asked for"
    )


def test_an_answer_without_end_is_given_up() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    assert failure(answer) == "the answer is larger than 1048576 bytes"


GARBAGE = [
    (b"hello\r\n\r\n", "illegal status line"),
    (b"\x16\x03\x01\x00\x00\r\n\r\n", "illegal status line"),
    (b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "bad Content-Length"),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "illegal chunk header"),
    (b"HTTP/1.1 200 OK\r\nx: " + b"x" * 200_000 + b"\r\n\r\n", "too long"),
    (b"", "Server disconnected without sending a response"),
    (b"HTTP/1.1 200 OK\r\nx-", "Server disconnected without sending a response"),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "received 3 bytes, expected 9"),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", "incomplete chunked read"),
]


@pytest.mark.parametrize(("raw", "told"), GARBAGE)
def test_what_is_no_whole_answer_is_a_failure_of_one_line(raw: bytes, told: str) -> None:
    text = failure(saying(raw, close=True))

    assert told in text
    assert text.splitlines() == [text]


def test_a_sender_goes_on_after_a_failure() -> None:
    async def main() -> tuple[list[object], int]:
        async with partner(saying(b"hello\r\n\r\n", OK)) as there:
            sender = HttpSender()
            with pytest.raises(SendFailed):
                await sender.send(request(there.url), PATIENT)
            return [(await sender.send(request(there.url), PATIENT)).body], len(there.heads)

    assert asyncio.run(main()) == ([b"ok"], 2)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://",
        "ftp://127.0.0.1/",
        "http://[::1/",
        "http://\ud800/",
        "http://127.0.0.1/\ud800",
    ],
)
def test_a_url_that_leads_nowhere_is_a_failure_of_one_line(url: str) -> None:
    with pytest.raises(SendFailed) as caught:
        asyncio.run(HttpSender().send(request(url), PATIENT))

    assert str(caught.value).splitlines() == [str(caught.value)]


@pytest.mark.parametrize("header", [("x", "a\r\nb: c"), ("x", "ü"), ("x y", "a"), ("", "a"), ("x", "\ud800")])
def test_a_header_that_cannot_be_sent_is_a_failure_of_one_line(header: tuple[str, str]) -> None:
    async def main() -> int:
        async with partner(saying(OK, OK)) as there:
            with pytest.raises(SendFailed) as caught:
                await HttpSender().send(request(there.url, header), PATIENT)
            assert str(caught.value).splitlines() == [str(caught.value)]
            return len(there.heads)

    assert asyncio.run(main()) == 0


class Failing(httpx.AsyncBaseTransport):
    """Carries nothing."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self._error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ConnectTimeout(""), "no connection within 3 s"),
        (httpx.ReadTimeout(""), "nothing came for 4 s"),
        (httpx.WriteTimeout(""), "WriteTimeout"),
        (httpx.PoolTimeout(""), "PoolTimeout"),
        (httpx.ConnectError("no\n  route"), "no connection: no route"),
        (httpx.ConnectError(""), "no connection: ConnectError"),
        (httpx.ReadError(""), "ReadError"),
        (httpx.RemoteProtocolError("a\r\nb"), "a b"),
    ],
)
def test_a_failure_says_in_one_line_what_it_was(error: Exception, told: str) -> None:
    with pytest.raises(SendFailed) as caught:
        asyncio.run(
            HttpSender({"all://": Failing(error)}).send(request("http://127.0.0.1"), Deadlines(3, 4, 5))
        )

    assert str(caught.value) == told


def test_a_call_that_is_cancelled_is_no_failure_of_the_partner() -> None:
    async def main() -> None:
        async with partner(silent) as there:
            task = asyncio.create_task(HttpSender().send(request(there.url), PATIENT))
            async with asyncio.timeout(30):
                while not there.bodies:
                    await asyncio.sleep(0)
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())


def test_a_scripted_sender_answers_as_told_and_remembers() -> None:
    async def refuse(call: OutgoingRequest) -> OutgoingAnswer:
        if call.body == b"bad":
            raise SendFailed("no")
        return OutgoingAnswer(200, (), call.body)

    sender = ScriptedSender(refuse)
    good, bad = request("http://127.0.0.1", body=b"good"), request("http://127.0.0.1", body=b"bad")

    assert asyncio.run(sender.send(good, PATIENT)).body == b"good"
    with pytest.raises(SendFailed):
        asyncio.run(sender.send(bad, PATIENT))
    assert sender.requests == [good, bad]
