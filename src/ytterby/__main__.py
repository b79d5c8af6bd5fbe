"""`python -m ytterby` is the same as `ytterby`."""

from ytterby.cli import main

main()
