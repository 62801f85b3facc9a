"""The foundation of a Google Cloud project: APIs, network, keys, state, secrets, deployer."""
