"""What `./dev` runs: the environment, the demo, the tests, the benchmarks."""
