"""A certificate that nobody knows, made for one row."""

import shutil
import subprocess
from pathlib import Path

from bench.errors import UsageError


def self_signed(folder: Path) -> Path:
    """Make a key and its self-signed certificate in one PEM file; raises UsageError where there is no openssl."""
    program = shutil.which("openssl")
    if program is None:
        raise UsageError("The row about TLS needs the program openssl.", "Install the package openssl.")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run(  # noqa: S603 - found on PATH, arguments of our own
        [program, *arguments, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
