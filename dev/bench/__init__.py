"""Measurements that `make bench` prints; each is a module of its own."""
