"""Plain values out of Python's pickle streams, read token by token: nothing is executed, nothing imported.

PyTables keeps lists of names as pickles. Unpickling runs whatever a file says; here only the tokens of lists,
tuples, dicts, texts, numbers and None are understood, and any other one is refused.
"""

import io
import pickletools
from typing import Any

from poseapp.errors import FormatError

_EMPTY = {"EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_DICT": dict}
_VALUES = {
    "INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING",
    "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "SHORT_BINBYTES", "BINBYTES",
}  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_IGNORED = {"PROTO", "FRAME"}
_MAX_BYTES = 1 << 24


class _Mark:
    """Where the items of a list, tuple or dict begin on the stack."""


def read_plain_pickle(data: bytes, where: str) -> Any:
    """Return the plain value in a pickle stream.

    Args:
        data: The stream.
        where: What an error calls it.

    Raises:
        FormatError: It holds anything but lists, tuples, dicts, texts, numbers and None, or is damaged.
    """
    if len(data) > _MAX_BYTES:
        raise FormatError(f"{where} holds a list of {len(data)} bytes; that is no list of names.")
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    try:
        for code, argument, _ in pickletools.genops(io.BytesIO(data)):
            if code.name == "STOP":
                return stack.pop()
            _step(code.name, argument, stack, memo, where)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{where} holds a list of names that is damaged: {error}.") from error
    raise FormatError(f"{where} holds a list of names without an end.")


def _step(name: str, argument: Any, stack: list[Any], memo: dict[int, Any], where: str) -> None:
    """Do what one token says to the stack."""
    if name in _VALUES:
        stack.append(argument)
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name in _EMPTY:
        stack.append(_EMPTY[name]())
    elif name == "MARK":
        stack.append(_Mark())
    elif name in ("LIST", "TUPLE", "DICT"):
        items = _since_mark(stack)
        kinds: dict[str, Any] = {"LIST": list, "TUPLE": tuple, "DICT": _pairs}
        stack.append(kinds[name](items))
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        count = int(name[-1])
        items = stack[-count:]
        del stack[-count:]
        stack.append(tuple(items))
    elif name == "APPEND":
        item = stack.pop()
        stack[-1].append(item)
    elif name == "APPENDS":
        items = _since_mark(stack)
        stack[-1].extend(items)
    elif name == "SETITEM":
        value, key = stack.pop(), stack.pop()
        stack[-1][key] = value
    elif name == "SETITEMS":
        items = _since_mark(stack)
        stack[-1].update(_pairs(items))
    elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
        memo[int(argument)] = stack[-1]
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memo[int(argument)])
    elif name not in _IGNORED:
        raise FormatError(f"{where} holds a program (the pickle token {name}); it is not read.")


def _since_mark(stack: list[Any]) -> list[Any]:
    place = max(index for index, item in enumerate(stack) if isinstance(item, _Mark))
    items = stack[place + 1 :]
    del stack[place:]
    return items


def _pairs(items: list[Any]) -> dict[Any, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))
