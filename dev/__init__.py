"""Programs for developers: the demo, benchmarks, images, and the upstream repositories."""
