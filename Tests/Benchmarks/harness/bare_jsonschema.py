"""The bare client of the validator: jsonschema-rs, on the contracts that the daemon compiles."""

import json
import pathlib
import time

from harness.failure import Failure

SCHEMA = pathlib.Path(__file__).resolve().parents[3] / "schema"
BATCH = 10_000


class BareJSONSchema:
    """The schema of a method's params. Formats of the field are unknown to it, and so pass unchecked."""

    def __init__(self, method):
        import jsonschema_rs

        files = [*SCHEMA.glob("types/*.json"), *SCHEMA.glob("rpc/*.json")]
        registry = jsonschema_rs.Registry([(file.as_uri(), json.loads(file.read_text())) for file in files])
        self.validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"{(SCHEMA / 'rpc' / method).as_uri()}.json#/params"}, registry=registry, validate_formats=True)

    def validations(self, text):
        """Validations a second of a value that Python has parsed."""
        value = json.loads(text)
        if not self.validator.is_valid(value) or self.validator.is_valid({**value, "cpf": 1}):
            raise Failure("jsonschema-rs does not judge as it should")
        return self._rate(lambda: self.validator.is_valid(value))

    def parses_and_validations(self, text):
        return self._rate(lambda: self.validator.is_valid(json.loads(text)))

    @staticmethod
    def _rate(work):
        start = time.perf_counter()
        for _ in range(BATCH):
            work()
        return BATCH / (time.perf_counter() - start)
