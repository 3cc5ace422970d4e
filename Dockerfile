# One process that serves the app on port 8501. It runs as nobody in particular and writes nothing but leagues, into /store:
# docker run --read-only --tmpfs /tmp -v optviz-store:/store -p 8501:8501 optviz

FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY .streamlit/ .streamlit/
COPY surfaces/ surfaces/
COPY lessons/ lessons/
COPY optviz/ optviz/
RUN pip wheel --no-cache-dir --disable-pip-version-check --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
# The pins change rarely and come first, so that a change of the app does not install them again.
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore -r requirements.txt
COPY --from=build /wheels/ /wheels/
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore --no-deps --no-index /wheels/*.whl
COPY app.py ./
COPY .streamlit/ .streamlit/

# What has been computed of leagues outlives the container in a volume, which takes the owner of this folder.
RUN mkdir /store && chown 10001:10001 /store
ENV OPTVIZ_STORE=/store
VOLUME /store

ENV HOME=/app
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# uvicorn is this container's first process and gets its SIGTERM: open pages have three seconds, then it ends. Frames are
# not compressed: arrays of numbers hardly shrink, and a classroom would wait for it. The app sets both, too, and the other
# bounds of a connection (optviz/ui/connections.py).
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8501", "--no-access-log", "--timeout-graceful-shutdown", "3", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
