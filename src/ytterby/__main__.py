"""`python -m ytterby` is the same as `ytterby`."""

from ytterby.cli import main

# Processes that the server starts read this file too, and must not begin anew.
if __name__ == "__main__":
    main()
