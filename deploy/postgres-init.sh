#!/bin/sh
# Runs once in an empty database server, as its superuser: the three roles of design.md.
set -eu
owner=$(cat /run/secrets/owner_password) app=$(cat /run/secrets/app_password)
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner="$owner" -v app="$app" <<'SQL'
CREATE ROLE owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE app LOGIN PASSWORD :'app';
CREATE ROLE door NOLOGIN;
GRANT door TO owner;
CREATE DATABASE salesops OWNER owner;
REVOKE CONNECT, TEMPORARY ON DATABASE salesops FROM PUBLIC;
GRANT CONNECT ON DATABASE salesops TO app;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
SQL
