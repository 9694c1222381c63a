"""Answers packed with gzip, for whoever asks for it and for nobody else."""

import gzip

from flask import Response, request

SUFFIX = "-gzip"
"""What the ETag of a packed answer has besides: its bytes are others."""


def gzip_wanted() -> bool:
    """Tell whether this request names gzip, and not as worse than the plain bytes."""
    offered = {name.lower(): quality for name, quality in request.accept_encodings}
    wanted = offered.get("gzip", 0)
    return wanted > 0 and wanted >= offered.get("identity", 0)


def pack(response: Response) -> None:
    """Pack the body where that is wanted: the same bytes for the same body."""
    response.vary.add("Accept-Encoding")
    if gzip_wanted():
        response.content_encoding = "gzip"
        if response.status_code == 200:
            response.set_data(gzip.compress(response.get_data(), 6, mtime=0))


def has_tag(tag: str) -> bool | None:
    """Tell whether the asker has the answer with this ETag; None where no ETag was sent."""
    tags = request.if_none_match
    if not tags:
        return None
    # Packed or not, and made weak by a server in between, it is the same content.
    return tags.contains_weak(tag) or tags.contains_weak(tag + SUFFIX)
