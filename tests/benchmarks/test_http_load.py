"""The client of the benchmarks waits for no answer that cannot come."""

import asyncio

from benchmarks.http_load import connect, request

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew() -> None:
    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(answer_once, "127.0.0.1", 0)
    async with server:
        connection = await connect(server.sockets[0].getsockname()[1])
        first = await connection.ask(request("GET", "/", "token"))
        await connection.lost.wait()
        async with asyncio.timeout(30):
            second = await connection.ask(request("GET", "/", "token"))
        connection.close()

    assert (first.body, second.body) == (b"ok", b"ok")
