{{/*
The databases and their roles, as files of a ConfigMap. roles.sh runs them as each database's administrator,
who needs no more than CREATEDB and CREATEROLE; harmless when run again.

Tables belong to <database>_owner, who cannot log in. Programs log in as the user of their Secret, which
acts as the owner: it can change tables, but neither databases nor roles. A rotation has another user, so
the previous one works until every pod has the new one; the next run, after the upgrade, ends it.
*/}}
{{- define "common.rolesFiles" -}}
roles.sh: |
  #!/usr/bin/env bash
  # Databases are named in DATABASES; access is in <DATABASE>_*, <DATABASE>_ADMIN_* and READER_*.
  set -euo pipefail
  folder="$(dirname "$0")"

  value() { local name="${1^^}_$2"; printf %s "${!name-}"; }

  query() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@"; }

  # Without a terminal psql reads the password from standard input, twice; it sends a SCRAM verifier.
  login() {
    local password; password="$(value "$1" PASSWORD)"
    printf '%s\n%s\n' "$password" "$password" |
      setsid --wait psql --no-psqlrc --quiet --set=login="$(value "$1" USERNAME)" --set=group="$2" \
        --set=read_only="$3" --file="$folder/login.sql"
  }

  for database in $DATABASES; do
    export PGHOST="$(value "${database}_admin" HOST)" PGUSER="$(value "${database}_admin" USERNAME)"
    export PGPASSWORD="$(value "${database}_admin" PASSWORD)" PGSSLROOTCERT="${CA_FOLDER:-}/$database-admin.pem"
    PGSSLMODE="$(value "${database}_admin" SSLMODE)"
    export PGDATABASE="$database" PGSSLMODE="${PGSSLMODE:-prefer}"
    query --dbname=postgres --set=name="$database" --file="$folder/database.sql"
    query --set=owner="${database}_owner" --file="$folder/roles.sql"
    login "$database" "${database}_owner" off
    if [ "$database" = server ]; then
      query --set=owner=server_owner --file="$folder/reader.sql"
      login reader server_reader on
    fi
  done
database.sql: |
  SELECT format('CREATE DATABASE %I', :'name')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
roles.sql: |
  SELECT format('CREATE ROLE %I', :'owner')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
  GRANT :"owner" TO CURRENT_USER;
  -- Only who is named below gets in; PostgreSQL before 15 lets everybody create tables.
  REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO :"owner";
  GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
  -- Where the library is loaded, it logs what pgaudit.log names once its extension exists.
  SELECT 'CREATE EXTENSION IF NOT EXISTS pgaudit'
    WHERE current_setting('pgaudit.log', true) IS NOT NULL \gexec
reader.sql: |
  -- Reads the server's tables into the data warehouse, and can do nothing else.
  SELECT 'CREATE ROLE server_reader' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'server_reader') \gexec
  GRANT server_reader TO CURRENT_USER;
  GRANT CONNECT ON DATABASE :"DBNAME" TO server_reader;
  GRANT USAGE ON SCHEMA public TO server_reader;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO server_reader;
  GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO server_reader;
  -- What the server's migrations create from now on.
  ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON TABLES TO server_reader;
  ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON SEQUENCES TO server_reader;
login.sql: |
  \set ON_ERROR_STOP on
  SELECT count(*) > 0 AS known FROM pg_roles WHERE rolname = :'login' \gset
  \if :known
    -- Every pod has it by now, so the users before it are not needed any more.
    SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', member.rolname)
      FROM pg_auth_members
      JOIN pg_roles granted ON granted.oid = roleid
      JOIN pg_roles member ON member.oid = pg_auth_members.member
      WHERE granted.rolname = :'group' AND member.rolname NOT IN (:'login', current_user)
        AND member.rolcanlogin \gexec
  \else
    CREATE ROLE :"login" LOGIN;
  \endif
  GRANT :"group" TO :"login";
  ALTER ROLE :"login" SET role = :'group';
  ALTER ROLE :"login" SET default_transaction_read_only = :'read_only';
  \password :login
{{- end -}}
