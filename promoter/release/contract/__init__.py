"""The contract between the application and its chart: ports, paths, variables, realms, modules."""
