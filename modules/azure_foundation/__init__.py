"""The foundation of an Azure subscription: network, vault, keys, state, deployer."""
