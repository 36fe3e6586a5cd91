"""Pure ground of the house: no Flask, no database, no clock of its own."""
