# deploy/pin.sh writes its digest behind the name. This one is Python 3.13.15 on Debian trixie.
ARG PYTHON_IMAGE=python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY requirements/run.txt requirements/build.txt ./
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --require-hashes -r run.txt \
    && pip install --no-cache-dir --require-hashes -r build.txt
COPY . .
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
    && pip --python /venv/bin/python install --no-cache-dir --no-deps /wheel/*.whl
# Babel knows 1,000 locales in 32 MB; Guildesk writes in two languages.
RUN find /venv/lib/python3.*/site-packages/babel/locale-data -type f \
    ! -name root.dat ! -name en.dat ! -name de.dat -delete

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --create-home --home-dir /data guildesk
COPY --from=build /venv /venv
USER 10001
WORKDIR /data
ENV WEB_SERVER_HOST=0.0.0.0 WEB_SERVER_PORT=5000 DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["/venv/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['WEB_SERVER_PORT'] + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/venv/bin/guildesk"]
CMD ["run", "--no-env-file"]
