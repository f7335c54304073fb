"""The bare client of base B: boto3, on the same table, with the same items and the same updates."""

import time

from harness.failure import Failure

KEYS_OF_GET = 100  # the most that the API takes
BARE = {"S": "bare"}  # that of what is written here: a profile is sealed for its subject
PROFILE = {"S": "profile"}  # the sort key of what is read; the table holds the schema's version as well
VALUES = {":dataKey", ":birthDate", ":housing", ":address", ":assets", ":incomeSources"}


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
                if read >= count:
                    break
        return read / (time.perf_counter() - start)

    def writes(self, count):
        """Profiles a second, by one UpdateItem after the other, of the values that the daemon has written."""
        item = self.client.get_item(TableName=self.table, Key=self.keys[0])["Item"]
        values = {":" + name: value for name, value in item.items() if ":" + name in VALUES}
        values |= {":zero": {"N": "0"}, ":one": {"N": "1"}, ":at": item["updatedAt"], ":write": item["lastWrite"]}
        assigned = ", ".join(f"{name[1:]} = {name}" for name in values if name in VALUES)
        update = ("SET version = if_not_exists(version, :zero) + :one, createdAt = if_not_exists(createdAt, :at), "
                  f"life = if_not_exists(life, :write), lastWrite = :write, updatedAt = :at, {assigned}")
        start = time.perf_counter()
        for number in range(count):
            self.client.update_item(
                TableName=self.table, Key={**self.keys[number % len(self.keys)], "sk": BARE}, UpdateExpression=update,
                ExpressionAttributeValues=values, ReturnValues="UPDATED_NEW")
        return count / (time.perf_counter() - start)
