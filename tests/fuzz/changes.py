"""Changes of a content: bytes put in, taken out, repeated, exchanged."""

from collections.abc import Sequence

from hypothesis import strategies as st

Change = tuple[str, int, int, bytes]
KINDS = ("put", "cut", "write", "repeat", "line", "end")
TOKENS = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n", b"\n\n", b"\t", b" ", b'"', b'""', b"'", b",", b";", b":", b"=",
    b"[", b"]", b"{", b"}", b"<", b">", b"&", b"/", b"\\", b"#", b"%", b"0", b"-1", b"1e999", b"nan", b"inf", b"99999999999999999999",
    b"0.1", b"-0", b"true", b"null", b"[]", b"{}", b"2025-02-30", b"9999-12-31", b"0001-01-01", b"*", b"CHN", b"\\ud800", b"&#55296;",
    b"<![CDATA[", b"]]>", b"<!--", b"%00", b"..", b"a" * 300, b"[" * 300, "ß".encode(), "\u2028".encode(), "\u0661".encode(),
    "\U0001f642".encode(),
]  # fmt: skip


def changed(content: bytes, changes: Sequence[Change]) -> bytes:
    """Return a content after some changes: (kind, place, length, bytes).

    >>> changed(b"abcdef", [("cut", 1, 2, b""), ("put", 2, 0, b"--")])
    b'ad--ef'
    """
    for kind, place, length, token in changes:
        at = place % (len(content) + 1)
        part = content[at : at + length]
        if kind == "line":
            lines = content.split(b"\n")
            one, other = place % len(lines), length % len(lines)
            lines[one], lines[other] = lines[other], lines[one]
            content = b"\n".join(lines)
        else:
            new = {"put": token + part, "cut": b"", "write": token, "repeat": part * 3, "end": b""}[kind]
            content = content[:at] + new + (b"" if kind == "end" else content[at + length :])
    return content


def variants(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """A strategy for changed contents."""
    change = st.tuples(st.sampled_from(KINDS), st.integers(0, 5000), st.integers(0, 30), st.sampled_from(TOKENS) | st.binary(max_size=6))
    return st.builds(changed, st.sampled_from(list(seeds)), st.lists(change, max_size=8))
