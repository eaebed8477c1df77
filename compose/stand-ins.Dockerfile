# What takes the place of official images where there is no registry, for `gateproof images build`:
# Debian's redis-server, and Apache Kafka's jars on Debian's Java. Everything is copied in.
# For those who start them they look like the official ones: `redis-server` on PATH and /data;
# `java` on PATH, /opt/kafka/libs, /var/lib/kafka/data.

ARG BASE

FROM ${BASE} AS redis
COPY redis-packages /packages
RUN apt-get install --yes --quiet --no-install-recommends /packages/*.deb && \
    rm -rf /packages /var/lib/apt/lists/* /var/log/* /var/cache/* && \
    install -d -o redis -g redis /data
VOLUME /data
WORKDIR /data
USER redis
EXPOSE 6379
HEALTHCHECK --interval=10s --timeout=2s CMD redis-cli ping | grep -q PONG
CMD ["redis-server", "--protected-mode", "no", "--dir", "/data"]

FROM ${BASE} AS java
COPY java-packages /packages
# The package registers its manual pages, whose folder the base does without.
RUN mkdir -p /usr/share/man/man1 && \
    apt-get install --yes --quiet --no-install-recommends /packages/*.deb && \
    rm -rf /usr/lib/jvm/*/man /usr/lib/jvm/*/docs

FROM ${BASE} AS kafka
COPY --from=java /usr/lib/jvm /usr/lib/jvm
COPY --from=java /etc/java-17-openjdk /etc/java-17-openjdk
COPY --from=java /etc/ssl/certs/java /etc/ssl/certs/java
RUN ln -s /usr/lib/jvm/java-17-openjdk-*/bin/java /usr/local/bin/java && \
    useradd --uid 1000 --no-create-home --home-dir /tmp appuser && \
    install -d -o appuser -g appuser /var/lib/kafka/data /opt/kafka/config
COPY kafka-libs /opt/kafka/libs
COPY archive.sh /opt/kafka/archive.sh
RUN sh /opt/kafka/archive.sh /opt/kafka/kafka.jsa
USER appuser
WORKDIR /
EXPOSE 9092
CMD ["java", "-cp", "/opt/kafka/libs/*", "kafka.Kafka", "/opt/kafka/config/server.properties"]
