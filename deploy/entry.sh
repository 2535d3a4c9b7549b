#!/bin/sh
# entry.sh web|worker|beat|migrate|COMMAND…     the processes of `manage.py start`, one per container
set -eu
case ${1:-web} in
  web)
    # figures of its processes meet here; those of the last run are over
    export PROMETHEUS_MULTIPROC_DIR=/tmp/salesops-metrics
    rm -rf "$PROMETHEUS_MULTIPROC_DIR" && mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
    exec gunicorn --worker-class gthread --workers "${WEB_WORKERS:-2}" --threads 8 \
      --graceful-timeout 20 --no-control-socket --worker-tmp-dir /dev/shm \
      --bind 0.0.0.0:8000 --logger-class salesops.logs.Gunicorn salesops.wsgi:application ;;
  worker) exec celery -A salesops --quiet worker -c 2 --loglevel INFO --without-mingle --without-gossip ;;
  beat) exec celery -A salesops --quiet beat --pidfile= --schedule /tmp/beat-schedule ;;
  migrate)
    # the static files of this image replace those of the last one in the shared volume
    python manage.py migrate --database owner --noinput
    exec python manage.py collectstatic --clear --noinput --verbosity 0 ;;
  # asked by docker: the worker answers over Redis, beat writes down every three minutes when it last ran
  worker-health) exec celery -A salesops --quiet inspect ping --destination "celery@$(hostname)" --timeout 10 ;;
  beat-health) [ -n "$(find /tmp -maxdepth 1 -name 'beat-schedule*' -mmin -10)" ] ;;
  *) exec "$@" ;;
esac
