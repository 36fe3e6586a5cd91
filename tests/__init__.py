"""Tests of Matchmaker. `./run test` passes them all."""
