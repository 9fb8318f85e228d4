# One image for web, worker, reaper and migrate; docker-compose.yml says which command is which.
FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/labdb \
 && /opt/labdb/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/base.txt

FROM python:3.11-slim-bookworm
# mdbtools reads Arbin .res files.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends mdbtools \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin labdb \
 && install --directory --owner labdb --group labdb /data
COPY --from=packages /opt/labdb /opt/labdb
WORKDIR /srv/labdb
COPY . .
ENV PATH=/opt/labdb/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LABDB_DATA=/data LABDB_STATIC=/srv/static
RUN LABDB_DATA=/tmp/build LABDB_SECRET_KEY=only-to-build python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build
USER labdb
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# gthread and never preloaded: polars hangs in a process that was forked after its first use.
CMD ["gunicorn", "labdb.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "8", "--timeout", "120", "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
