"""Draw the picture of the README: ``python -m proofs_check.report docs/kernels.svg``."""

import sys
from pathlib import Path

from proofs_check.report.figures import write_kernels_svg


def main(arguments: list[str]) -> int:
    """Write the SVG to the one path given; 2 where there is not exactly one, 1 where it cannot be written."""
    if len(arguments) != 1:
        print("python -m proofs_check.report FILE.svg: one file is wanted", file=sys.stderr)
        return 2
    try:
        write_kernels_svg(Path(arguments[0]))
    except OSError as error:
        print(f"{arguments[0]}: cannot be written ({error.strerror})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
