"""The version, without importing anything slow."""


def version_line() -> str:
    """Program and version."""
    from importlib import metadata

    try:
        return f"ntkproof {metadata.version('ntkproof')}"
    except metadata.PackageNotFoundError:
        return "ntkproof (not installed)"
