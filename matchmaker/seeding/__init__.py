"""Reference data, the demo year, and heaps for load tests."""
