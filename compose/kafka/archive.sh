#!/bin/sh
# Starts a broker once, while the image is built, and keeps the classes that it loaded: a JVM that is
# given them with -XX:SharedArchiveFile=/opt/kafka/kafka.jsa is up in half the time. The official image
# has a file of the same name, made in the same way.
set -eu

there=$(mktemp -d)
cat >"$there/server.properties" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
controller.listener.names=CONTROLLER
listeners=INSIDE://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=INSIDE://127.0.0.1:9092
listener.security.protocol.map=INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INSIDE
log.dirs=$there/data
offsets.topic.replication.factor=1
EOF
cat >"$there/log4j2.properties" <<EOF
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%m%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
EOF
java="java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile=$there/log4j2.properties"
class_path='/opt/kafka/libs/*'

$java -cp "$class_path" kafka.tools.StorageTool format \
    --cluster-id gateproof --config "$there/server.properties" >/dev/null
$java -XX:ArchiveClassesAtExit="$1" -cp "$class_path" \
    kafka.Kafka "$there/server.properties" >"$there/log" 2>&1 &
broker=$!
until grep -q 'Kafka Server started' "$there/log"; do
    kill -0 "$broker" 2>/dev/null || { cat "$there/log" >&2; exit 1; }
    sleep 0.1
done
kill "$broker"
wait "$broker" || test $? -eq 143
test -s "$1"
rm -rf "$there"
