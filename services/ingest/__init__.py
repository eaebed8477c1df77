"""Ingest: Kafka topic in, one document per event out, into an index that belongs to one account."""
