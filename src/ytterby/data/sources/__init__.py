"""One file, one source: how its official download is read."""
