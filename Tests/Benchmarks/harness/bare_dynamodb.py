"""The bare client of base B: boto3, on the same table and the same items."""

import time

from harness.failure import Failure

KEYS_OF_GET = 100  # the most that the API takes
PROFILE = {"S": "profile"}  # the sort key of what is read; the table holds the schema's version as well


class BareDynamoDB:
    """`client` is boto3's."""

    def __init__(self, client, table):
        self.client, self.table = client, table
        self.keys = [
            {"pk": item["pk"], "sk": item["sk"]}
            for page in client.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk")
            for item in page["Items"] if item["sk"] == PROFILE]

    def reads(self, count):
        """Profiles a second, by one BatchGetItem after the other."""
        start, read = time.perf_counter(), 0
        while read < count:
            for first in range(0, len(self.keys), KEYS_OF_GET):
                keys = self.keys[first:first + KEYS_OF_GET]
                answer = self.client.batch_get_item(
                    RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}})
                items = answer["Responses"][self.table]
                if len(items) != len(keys):
                    raise Failure("boto3 did not get what it asked for")
                read += len(items)
        return read / (time.perf_counter() - start)
