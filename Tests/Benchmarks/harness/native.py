"""The C programs of `native`, compiled when they are first asked for."""

import pathlib
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "native"
LIBRARIES = {"redis_roundtrip": ["-lhiredis"], "postgres_roundtrip": ["-lpq"], "sqlite_answers": ["-lsqlite3"]}


class Native:
    def __init__(self, folder):
        self.folder = folder

    def program(self, name):
        return self._compile(name, name, LIBRARIES.get(name, []))

    def library(self, name):
        return self._compile(name, f"{name}.so", ["-shared", "-fPIC"])

    def _compile(self, name, output, options):
        path = self.folder / output
        if not path.exists():
            subprocess.run(["cc", "-O2", "-o", path, SOURCES / f"{name}.c", *options], check=True)
        return path
