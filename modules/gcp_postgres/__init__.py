"""PostgreSQL on Google Cloud SQL: one instance each for the server, Dagster and Keycloak."""
