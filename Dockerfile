# webhook-monitor in a container: locked dependencies, no root, nothing writable but /var/lib/webhook-monitor.
# The operator's socket stays on loopback unless it is told otherwise, and then it insists on a token.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/webhook-monitor
ENV PATH=/opt/webhook-monitor/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY locks/run.txt locks/build.txt locks/
RUN pip install --require-hashes --only-binary=:all: -r locks/run.txt
COPY pyproject.toml README.md ./
COPY monitor/ monitor/
RUN pip install --require-hashes --only-binary=:all: -r locks/build.txt \
    && pip install --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/webhook-monitor --create-home webhook-monitor
COPY --from=build /opt/webhook-monitor /opt/webhook-monitor
ENV PATH=/opt/webhook-monitor/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    WEBHOOK_MONITOR_CONFIG=/etc/webhook-monitor/monitors.yaml \
    WEBHOOK_MONITOR_DATABASE=sqlite:////var/lib/webhook-monitor/webhook-monitor.db \
    WEBHOOK_MONITOR_HOST=0.0.0.0 \
    WEBHOOK_MONITOR_LOG_FORMAT=json
USER 10001:10001
WORKDIR /var/lib/webhook-monitor
VOLUME /var/lib/webhook-monitor
EXPOSE 8080 8081
# /healthz fails when the clock stalls, which is what a restart can mend. A database that is away is /readyz.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["webhook-monitor", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["webhook-monitor"]
CMD ["run"]
