"""`python -m services NAME …`; the work is in `services.cli`."""

from services.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
