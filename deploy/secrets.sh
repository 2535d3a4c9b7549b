#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, once; run it before the first `docker compose up`.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -e "$folder/$1" ] || printf %s "$2" >"$folder/$1"; }
keep postgres_password "$(random)"
keep owner_password "$(random)"
keep app_password "$(random)"
keep secret_key "$(random)$(random)"
keep owner_url "postgresql://owner:$(cat "$folder/owner_password")@postgres:5432/salesops"
keep app_url "postgresql://app:$(cat "$folder/app_password")@postgres:5432/salesops"
# the processes in the containers have other accounts; the folder itself stays private
chmod 644 "$folder"/*
