"""Sequences and items: where they end, where each item lies (PS3.5 7.5).

Nesting is followed with a list, never with the stack, so that ten thousand levels cost
memory in proportion to the file and nothing else. What a walk found out, ends and breaks
alike, is noted in the buffer and never walked again.
"""

from __future__ import annotations

import struct

from isocenter.core.encoding import IMPLICIT_LITTLE, UNDEFINED, Encoded, Encoding, Span
from isocenter.core.headers import explicit_header
from isocenter.errors import EncodingError, Finding, Level, LimitError, TruncatedError
from isocenter.standard.tag import BaseTag

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD


def find_end(encoded: Encoded, start: int, end: int, encoding: Encoding) -> int:
    """Where the content of an undefined-length sequence that starts here ends.

    Args:
        encoded: the buffer; every undefined length met is noted in its ``ends``.
        start: position of the first item.
        end: position that nothing may pass.
        encoding: how headers inside are written.

    Raises:
        EncodingError: the delimitation item is missing, or something else stands there.
    """
    known = _known_end(encoded, start, end)
    return known or _walk(encoded, start, end, encoding, in_item=False)


def find_item_end(encoded: Encoded, start: int, end: int, encoding: Encoding) -> int:
    """The same for an undefined-length item whose first element starts here."""
    known = _known_end(encoded, start, end)
    return known or _walk(encoded, start, end, encoding, in_item=True)


def _known_end(encoded: Encoded, start: int, end: int) -> int | None:
    """What an earlier walk found out about the sequence or item that starts here."""
    error = encoded.broken.get(start)
    if error is not None:
        raise type(error)(error.problem, **error.facts)
    known = encoded.ends.get(start)
    if known is not None and known + 8 > end:
        raise _cut_error(encoded, start)
    return known


def _walk(encoded: Encoded, start: int, end: int, encoding: Encoding, *, in_item: bool) -> int:
    # each level: (content start, whether it is an item, encoding inside)
    open_levels = [(start, in_item, encoding)]
    position = start
    try:
        while True:
            content, is_item, inner = open_levels[-1]
            step = _step_in_item if is_item else _step_in_sequence
            position, opened, closed = step(encoded, position, end, inner)
            if position > end:
                raise _cut_error(encoded, content)
            if closed:
                # an item and the sequence inside it never start at the same position
                encoded.ends[content] = position - 8
                open_levels.pop()
                if not open_levels:
                    return position - 8
            elif opened is not None:
                if len(open_levels) == encoded.nesting:
                    raise _too_deep(encoded, position)
                open_levels.append((position, not is_item, opened))
    except (struct.error, EncodingError) as problem:
        cut = _cut_error(encoded, open_levels[-1][0])
        error = problem if isinstance(problem, EncodingError) else cut
        # each level would be walked again when it is read: quadratic in the depth
        encoded.broken.update((content, error) for content, _, _ in open_levels)
        raise error from None


def _step_in_sequence(
    encoded: Encoded, position: int, end: int, encoding: Encoding
) -> tuple[int, Encoding | None, bool]:
    """Past the items of defined length, into one of undefined length, or out."""
    while position <= end:
        group, element, length = encoding.implicit_header(encoded.buffer, position)
        if group << 16 | element == SEQUENCE_END:
            return position + 8, None, True
        if group << 16 | element != ITEM:
            raise _no_item(encoded, position, encoding)
        if length == UNDEFINED:
            return position + 8, encoding, False
        position += 8 + length
    return position, None, False


def _step_in_item(
    encoded: Encoded, position: int, end: int, encoding: Encoding
) -> tuple[int, Encoding | None, bool]:
    """Past the elements of defined length, into one of undefined length, or out."""
    header, short, long = encoding.explicit_start, encoding.short, encoding.long
    buffer, explicit, item_end = encoded.buffer, encoding.explicit, encoding.item_end
    vr = None
    while position <= end:
        number, vr_number, length = header(buffer, position)
        if number == item_end:
            return position + 8, None, True
        if explicit and vr_number in short:
            position += 8 + length
            continue
        content = position + 8
        if explicit and vr_number in long:
            vr, (length,) = long[vr_number], encoding.length(buffer, content)
            content += 4
        elif explicit:
            vr, length, content = explicit_header(encoded, position, end, encoding)
        else:
            _, length = encoding.implicit_start(buffer, position)
        if length == UNDEFINED:
            return content, IMPLICIT_LITTLE if vr == "UN" else encoding, False
        position = content + length
    return position, None, False


def read_items(span: Span) -> tuple[list[tuple[int, int]], list[Finding]]:
    """Where each item of a sequence starts and ends (PS3.5 7.5), and what was wrong.

    A sequence that breaks off gives the items up to the break, the last one as far as it
    goes, and a finding.
    """
    places: list[tuple[int, int]] = []
    position, end = span.start, span.end
    buffer, header, item = span.encoded.buffer, span.encoding.implicit_start, span.encoding.item
    try:
        while position < end:
            number, length = header(buffer, position)
            if number != item:
                raise _no_item(span.encoded, position, span.encoding)
            start = position + 8
            after = start + length
            if length == UNDEFINED or after > end:
                places.append((start, end))  # as far as it goes, should it have no end
                close = _item_close(span, start, length)
                places[-1], after = (start, close), close + 8
            else:
                places.append((start, after))
            position = after
    except struct.error:
        return places, [Finding.from_error(_cut_error(span.encoded, position))]
    except EncodingError as error:
        return places, [_ends_early(span, position) or Finding.from_error(error)]
    return places, []


def _ends_early(span: Span, position: int) -> Finding | None:
    """What some writers do: a sequence of defined length with a delimitation item too."""
    group, element, _ = span.encoding.implicit_header(span.encoded.buffer, position)
    if group << 16 | element != SEQUENCE_END or position + 8 != span.end:
        return None
    return stray_delimiter(span.encoded, SEQUENCE_END, position)


def _no_item(encoded: Encoded, position: int, encoding: Encoding) -> EncodingError:
    group, element, _ = encoding.implicit_header(encoded.buffer, position)
    return EncodingError(
        f"an item was expected, {BaseTag(group << 16 | element)} stands there",
        offset=encoded.offset(position),
        clause="PS3.5 7.5",
    )


def _item_close(span: Span, start: int, length: int) -> int:
    """Where the content of an item ends that does not say so itself."""
    if length != UNDEFINED:
        raise _cut_error(span.encoded, start)
    return find_item_end(span.encoded, start, span.end, span.encoding)


def _cut_error(encoded: Encoded, position: int) -> TruncatedError:
    return TruncatedError(
        "the sequence or item that starts here has no end",
        offset=encoded.offset(position),
        clause="PS3.5 7.5",
    )


def _too_deep(encoded: Encoded, position: int) -> LimitError:
    return LimitError(
        f"sequences and items are nested deeper than the limit of {encoded.nesting} levels",
        offset=encoded.offset(position),
        clause="PS3.5 7.5",
    )


def stray_delimiter(encoded: Encoded, tag: int, position: int) -> Finding:
    """The finding for a delimitation item where none is due."""
    return Finding(
        Level.WARNING,
        "stray-delimiter",
        f"{BaseTag(tag)} outside a sequence was passed over",
        offset=encoded.offset(position),
        clause="PS3.5 7.5",
    )
