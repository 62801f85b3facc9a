"""Files that a run of Terraform leaves in its folder."""

from __future__ import annotations

import zipfile
from pathlib import Path


def files_content(folder: Path) -> bytes:
    """All that is in the files below ``folder``, a plan's (a zip's) members included.

    But for the providers' programs.
    """
    content = b""
    for file in folder.rglob("*"):
        if not file.is_file() or file.name.startswith("terraform-provider-"):
            continue
        content += file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                content += b"".join(map(archive.read, archive.namelist()))
    return content
