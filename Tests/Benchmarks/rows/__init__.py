"""The rows of the table, in its order."""

from rows import redis, postgres, dynamodb, wire, micro, latency, embedded, scale, allocations, flood, large
