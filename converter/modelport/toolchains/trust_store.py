"""Makes Maven trust what every other tool trusts: the certificates in SSL_CERT_FILE, where a network needs its own.

Java reads no PEM bundle and no such variable, so a company's proxy breaks Maven alone. The trust store is made once
and kept in the user's cache.
"""

import hashlib
import os
import subprocess
from pathlib import Path

__all__ = ["maven_environment"]

_PASSWORD = "modelport"


def maven_environment() -> dict[str, str]:
    """Returns the environment for Maven, with a trust store in MAVEN_OPTS when SSL_CERT_FILE is set."""
    environment = dict(os.environ)
    bundle = Path(environment.get("SSL_CERT_FILE", ""))
    options = environment.get("MAVEN_OPTS", "")
    if not bundle.is_file() or "javax.net.ssl.trustStore" in options:
        return environment
    store = _store(bundle)
    if store is not None:
        trust = f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword={_PASSWORD}"
        environment["MAVEN_OPTS"] = f"{options} {trust} -Djavax.net.ssl.trustStoreType=PKCS12".strip()
    return environment


def _store(bundle: Path) -> Path | None:
    """The trust store of a bundle; None when Java cannot read it, then Maven says what it misses."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelport"
    store = cache / f"trust-{hashlib.sha256(bundle.read_bytes()).hexdigest()[:16]}.p12"
    if store.is_file():
        return store
    cache.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).with_name("TrustStore.java")
    made = store.with_suffix(f".{os.getpid()}")
    command = ["java", str(source), str(bundle), str(made), _PASSWORD]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        made.unlink(missing_ok=True)
        return None
    made.replace(store)
    return store
