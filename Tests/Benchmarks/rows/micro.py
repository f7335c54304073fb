"""Parse, validate, route and write, by themselves; the validator against jsonschema-rs."""

import sys

from harness import micro
from harness.bare_jsonschema import BareJSONSchema
from harness.line import RATE, Line, Series, at_least
from harness.measure import alternate
from harness.registry import row


@row("micro")
def parts(bench):
    if bench.micro is None:
        print("bench: the row 'micro' needs --micro FOLDER, where Micro is built or can be", file=sys.stderr)
        return
    text = micro.REQUEST.read_text()
    bare = BareJSONSchema("person.create")
    rates = micro.rates(bench.micro)
    validated, parsed = alternate(
        bench.rounds, lambda: bare.validations(text), lambda: bare.parses_and_validations(text))
    rivals = {"validate": (validated, at_least(1), f" {len(text)} bytes; jsonschema-rs"),
              "parse and validate": (parsed, None, "; json and jsonschema-rs")}
    for name in ("parse", "validate", "parse and validate", "route a ping", "write"):
        theirs, target, title = rivals.get(name, (None, None, ""))
        yield Line(
            name + title,
            Series([rates[name]] * bench.rounds, RATE), theirs and Series(theirs, RATE), target,
            note=f"{1e9 / rates[name]:.0f} ns")
