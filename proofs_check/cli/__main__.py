"""``python -m proofs_check.cli`` is the command ``ntkproof``."""

from proofs_check.cli import main

if __name__ == "__main__":
    main()
