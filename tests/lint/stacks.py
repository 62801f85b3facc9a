"""A small app for cdktf.json, with a stack per environment as CDK Terrain writes them."""

from __future__ import annotations

import json

APP = """\
import json, os
from pathlib import Path

from kit.reading import read

ROOT = Path(__file__).parent
NAMES = ("staging", "qa", "production")


def build(name):
    settings, shared = read(ROOT / name / "settings"), read(ROOT / "shared/a")
    return {"locals": {"settings": settings, "shared": shared}}


for name in os.environ.get("LANA_STACKS", "").split() or NAMES:
    if name in NAMES:
        folder = Path(os.environ["CDKTF_OUTDIR"]) / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(build(name)))
"""
READING = """\
import sys


def read(path):
    return path.read_text()


def declare(path):
    sys.audit("stacks.input", str(path))


def names(path):
    sys.audit("stacks.names", str(path))
"""
MADE_OF = "app.py, cdktf.json, kit/*, stacks/*"
"""Inputs of every stack besides ``shared/*`` and its own settings."""

FILES = {
    "app.py": APP,
    "cdktf.json": json.dumps({"language": "python", "app": "python app.py"}),
    "kit/reading.py": READING,
    # Nothing is installed: the app needs Python alone.
    "stacks/requirements.lock": "",
}
