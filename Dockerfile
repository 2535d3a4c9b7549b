# One image for web, worker, beat and the one-shot migration; what it runs stands in docker-compose.yml.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY . .
# the same set-up as everywhere, then an environment of the runtime lock alone
RUN make setup && python -m venv /venv \
 && .venv/bin/python -m uv pip install -q --python /venv/bin/python --require-hashes -r requirements.txt \
 && rm -rf .venv node_modules var

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SALESOPS_DATA=/data
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home salesops && install -d -o salesops -g salesops /data
COPY --from=build /venv /venv
COPY --from=build /app /app
USER salesops
EXPOSE 8000
ENTRYPOINT ["/app/deploy/entry.sh"]
CMD ["web"]
