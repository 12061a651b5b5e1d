"""Writes a bundle: one folder that goes into service. What it holds and how it is read is workflows.serve.bundle."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

from scaffolds.files import folder_atomic, write_json_atomic
from workflows.serve.bundle import MANIFEST, Bundle, file_hashes


def write_bundle(folder: Path, bundle: Bundle, *, contents: dict[str, Path]) -> Bundle:
    """Write a bundle whole or not at all, in the place of an older one; give it with its file hashes.

    contents: files or folders to take in, by their path inside the bundle.
    """
    with folder_atomic(folder) as inside:
        for name, source in contents.items():
            if source.is_dir():
                shutil.copytree(source, inside / name)
            else:
                shutil.copyfile(source, inside / name)
        bundle = Bundle(**{**asdict(bundle), "files": file_hashes(inside)})
        write_json_atomic(inside / MANIFEST, asdict(bundle))
    return bundle
