"""What clients have not taken yet of their answers."""

import asyncio
import fcntl
import struct
import termios


def untaken(wire: asyncio.Transport) -> int:
    """Bytes that the client has not read yet, with those that the system has buffered, if it tells."""
    waiting = wire.get_write_buffer_size()
    try:
        connection = wire.get_extra_info("socket")
        held = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
        return waiting + int(struct.unpack("i", held)[0])
    except (OSError, AttributeError, ValueError):
        return waiting
