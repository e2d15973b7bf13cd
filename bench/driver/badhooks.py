"""Customers' servers that are no good: one process, one port, the path says how it behaves. Prints its port, then serves until it is killed.

/hung/…  takes the request and never answers      /slow/…  answers after a second
/error/… answers 500                              /lazy/…  answers after 20 ms
"""

import asyncio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
WAITS = {b"/slow": 1.0, b"/lazy": 0.02, b"/hung": 3600.0}


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            way = head.split(b" ", 2)[1][:5]
            await asyncio.sleep(WAITS.get(way, 0))
            writer.write(ERROR if way == b"/erro" else ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
