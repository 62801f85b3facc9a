"""PostgreSQL on Azure's Flexible Server: one each for the server, Dagster and Keycloak."""
