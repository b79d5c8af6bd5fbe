"""What every other part stands on: the tables' schema, units, the world, its grid, the catalogue."""
