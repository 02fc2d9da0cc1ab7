# trunkd as a container image.
#
#   docker build -t trunkd .                          the image: the program, and no shell
#   docker build -t trunkd:debug --target debug .     the same program beside a shell and curl
#
# docs/container.md tells how it is run.

ARG BASE=debian:trixie-slim

# --- what builds it

FROM ${BASE} AS tools
WORKDIR /src
COPY scripts/setup scripts/
RUN scripts/setup --image && apt-get clean && rm -rf /var/lib/apt/lists/*

FROM tools AS build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY config config
COPY daemon daemon
COPY lib lib
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset release -DBUILD_TESTING=OFF -DTRUNKD_STATIC_LIBRARIES=ON \
 && cmake --build --preset release --target trunkd --parallel "$(nproc)" -- --quiet \
 && DESTDIR=/image cmake --install build/release --component program --prefix /usr --strip
COPY LICENSE /image/usr/share/doc/trunkd/copyright

# The rest of the root: the libraries that are not linked into it, the C library above all. Linked in,
# that could look names up only as far as it finds its own modules in the image; beside it, it does so
# as everywhere. Of each package there is its licence, and its entry for programs that look for known
# weaknesses.
RUN cd /image \
 && for file in $(ldd usr/bin/trunkd | grep -o '/[^ ]*'); do \
      install -D "$file" "./$file" \
   && dpkg -S "$(realpath "$file")" | cut -d: -f1 >>/packages || exit 1; \
    done \
 && echo ca-certificates >>/packages \
 && mkdir -p etc/ssl/certs etc/trunkd run var/lib/dpkg/status.d \
 && for package in $(sort -u /packages); do \
      install -D -m 644 -t "usr/share/doc/$package" "/usr/share/doc/$package/copyright" \
   && dpkg-query -s "$package" >"var/lib/dpkg/status.d/$package" || exit 1; \
    done \
 && cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ \
 && echo 'trunkd:x:65532:65532::/var/lib/trunkd:/sbin/nologin' >etc/passwd \
 && echo 'trunkd:x:65532:' >etc/group \
 && echo 'hosts: files dns' >etc/nsswitch.conf \
 && install -d -m 700 /private/state/trunkd \
 && install -d -m 755 /private/run/trunkd

# --- the image to look into

FROM ${BASE} AS shell
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl libprometheus-cpp-core1.0 \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 65532 --home-dir /var/lib/trunkd --shell /usr/sbin/nologin trunkd

FROM shell AS debug
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="trunkd" \
      org.opencontainers.image.description="Pools outbound HTTP connections; with a shell and curl" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/usr/bin/trunkd /usr/bin/
COPY --from=build /image/usr/share/doc/trunkd /usr/share/doc/trunkd
COPY --from=build --chown=65532:65532 /private/state/ /var/lib/
COPY --from=build --chown=65532:65532 /private/run/ /run/
ENV STATE_DIRECTORY=/var/lib/trunkd RUNTIME_DIRECTORY=/run/trunkd TMPDIR=/run/trunkd
VOLUME ["/var/lib/trunkd", "/run/trunkd"]
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["/usr/bin/trunkd", "ctl", "wait", "--timeout", "2s"]
ENTRYPOINT ["/usr/bin/trunkd"]
CMD ["serve"]

# --- the image to run

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="trunkd" \
      org.opencontainers.image.description="Pools outbound HTTP connections: pgbouncer for HTTP" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/ /
COPY --from=build --chown=65532:65532 /private/state/ /var/lib/
COPY --from=build --chown=65532:65532 /private/run/ /run/
ENV PATH=/usr/bin STATE_DIRECTORY=/var/lib/trunkd RUNTIME_DIRECTORY=/run/trunkd TMPDIR=/run/trunkd
VOLUME ["/var/lib/trunkd", "/run/trunkd"]
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["/usr/bin/trunkd", "ctl", "wait", "--timeout", "2s"]
ENTRYPOINT ["/usr/bin/trunkd"]
CMD ["serve"]
