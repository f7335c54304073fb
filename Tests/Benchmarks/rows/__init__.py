"""The rows of the table, in its order."""

from rows import redis, postgres, dynamodb, wire, latency, scale, allocations, flood, embedded, large
