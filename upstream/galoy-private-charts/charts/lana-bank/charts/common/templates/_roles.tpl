{{/*
SQL for psql, run in the server's database by its owner or a superuser: roles and grants.
Idempotent, so it runs before every upgrade. Variables: owner; READER_PASSWORD in the environment
(psql reads it through the shell, so it is on no command line).
*/}}
{{- define "common.rolesSql" -}}
\set ON_ERROR_STOP on
\set reader_password `printf %s "$READER_PASSWORD"`

-- Reads the server's tables into the data warehouse, and can do nothing else.
SELECT 'CREATE ROLE reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') \gexec
ALTER ROLE reader WITH LOGIN PASSWORD :'reader_password';
ALTER ROLE reader SET default_transaction_read_only = on;

-- Only who is named below gets in; PostgreSQL before 15 lets everybody create tables.
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO reader;
GRANT USAGE ON SCHEMA public TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader;

-- What the server's migrations create from now on.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON TABLES TO reader;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON SEQUENCES TO reader;
{{- end -}}
