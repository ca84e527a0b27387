"""Spells any text inside Java source, which stays ASCII: string literals and javadoc."""

__all__ = ["java_string", "javadoc_text"]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": "&#64;",
    "{": "&#123;",
    "}": "&#125;",
    "\\": "&#92;",
    "*": "&#42;",
}


def java_string(text: str) -> str:
    """Returns a string literal, quotes included, that is safe in code and in a comment.

    Control characters are octal: javac turns \\u000a into a line break before it sees the literal. The slash after a
    star is octal too, so that an example in javadoc does not end there.
    """
    parts: list[str] = []
    for char in text:
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char == "/" and parts and parts[-1] == "*":
            parts.append("\\057")
        elif ord(char) < 0x20 or ord(char) == 0x7F:
            parts.append(f"\\{ord(char):03o}")
        elif char.isascii():
            parts.append(char)
        else:
            parts += [f"\\u{unit:04x}" for unit in _utf16(char)]
    return f'"{"".join(parts)}"'


def javadoc_text(text: str) -> str:
    """Returns text for a javadoc comment: nothing in it is a tag, ends the comment or breaks the line."""
    parts: list[str] = []
    for char in text:
        if char in _ENTITIES:
            parts.append(_ENTITIES[char])
        elif char.isprintable() and char.isascii():
            parts.append(char)
        else:
            parts.append(f"&#{ord(char)};" if char.isprintable() else " ")
    return "".join(parts)


def _utf16(char: str) -> list[int]:
    data = char.encode("utf-16-be")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
