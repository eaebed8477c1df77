# Starts one Kafka node (KRaft) of the image that is there: its jars lie in /opt/kafka/libs.
# OUTSIDE is where people on this machine reach it.
set -eu
settings=/etc/gateproof/server.properties
java="java -Xms128m -Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:disable
  -XX:SharedArchiveFile=/opt/kafka/kafka.jsa"
if [ ! -f /var/lib/kafka/data/node/meta.properties ]; then
  $java -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format \
    --cluster-id gateproof --config "$settings" >/dev/null
fi
exec $java -Dlog4j2.configurationFile=/etc/gateproof/log4j2.properties -cp '/opt/kafka/libs/*' \
  kafka.Kafka "$settings" --override "advertised.listeners=INSIDE://kafka:9092,OUTSIDE://$OUTSIDE"
