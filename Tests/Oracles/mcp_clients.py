"""Has a client of the Model Context Protocol spawn the daemon, and prints what came of it, a line a step.

mcp_clients.py KIND CREDITD HOME, with KIND mcp1 (PyPI mcp<2), mcp2, mcp2-legacy (PyPI mcp 2) or fastmcp. HOME holds a
person with the CPF 52998224725.
"""

import asyncio
import contextlib
import json
import sqlite3
import sys

KIND, CREDITD, HOME = sys.argv[1:4]
ARGUMENTS = ["--home", HOME, "--mcp-tools", "write"]
CPF = "52998224725"
READ = {"cpf": CPF, "purpose": "credit_protection"}


def tell(step, *facts):
    print(step, *facts, flush=True)


@contextlib.contextmanager
def locked():
    """Holds back every write to base A, and so every read, which leaves a row in the audit log."""
    base = sqlite3.connect(f"{HOME}/base-a.sqlite", isolation_level=None)
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        base.execute("ROLLBACK")
        base.close()


def text(result):
    return result.content[0].text


def is_error(result):
    return next(value for value in (getattr(result, name, None) for name in ("is_error", "isError")) if value is not None)


class Answers:
    """What the user answers when the server asks."""

    def __init__(self):
        self.action = "accept"
        self.asked = []


async def steps(tools, call, ping, answers, progress):
    """Runs the same steps with every client. `call` returns a result or raises."""
    names = await tools()
    tell("list", "person_get" in names, len(names) == len(set(names)))
    result = await call("person_get", READ)
    tell("call", is_error(result), sorted(json.loads(text(result)))[:2])
    result = await call("person_get", {"cpf": CPF, "purpose": "nosiness"})
    tell("error", is_error(result), text(result).split(" ")[0])
    try:
        await call("no_such_tool", {})
        tell("unknown", "answered")
    except Exception as error:  # The classes differ; all have the message.
        tell("unknown", "no such tool" in str(error))
    seen = await progress("person_get", READ)
    tell("progress", seen == sorted(set(seen)), len(seen) > 0)
    with locked():
        waiting = asyncio.ensure_future(call("person_get", READ))
        await asyncio.sleep(0.3)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        tell("cancel", waiting.cancelled())
    await ping()
    tell("ping")
    delete = {"cpf": CPF}
    answers.action = "decline"
    result = await call("person_delete", delete)
    tell("declined", is_error(result), text(result).split(":")[0])
    answers.action = "accept"
    result = await call("person_delete", delete)
    tell("deleted", is_error(result), any(CPF in question for question in answers.asked), len(answers.asked))
    result = await call("person_get", READ)
    tell("gone", is_error(result), text(result).split(" ")[0])


async def mcp1():
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.types import ElicitResult

    answers = Answers()

    async def elicit(context, params):
        answers.asked.append(params.message)
        agreed = answers.action == "accept"
        return ElicitResult(action=answers.action, content={"agree": True} if agreed else None)

    server = StdioServerParameters(command=CREDITD, args=ARGUMENTS)
    async with stdio_client(server) as (reader, writer):
        async with ClientSession(reader, writer, elicitation_callback=elicit) as session:
            opened = await session.initialize()
            tell("open", opened.protocolVersion, opened.serverInfo.name)

            async def tools():
                return [tool.name for tool in (await session.list_tools()).tools]

            async def call(name, arguments):
                result = await session.call_tool(name, arguments)
                return result

            async def progress(name, arguments):
                seen = []

                async def note(progress, total, message):
                    seen.append(progress)

                await session.call_tool(name, arguments, progress_callback=note)
                return seen

            await steps(tools, call, session.send_ping, answers, progress)
    tell("closed")


async def mcp2(mode):
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters
    from mcp_types import ElicitResult

    answers = Answers()

    async def elicit(context, params):
        answers.asked.append(params.message)
        agreed = answers.action == "accept"
        return ElicitResult(action=answers.action, content={"agree": True} if agreed else None)

    server = StdioServerParameters(command=CREDITD, args=ARGUMENTS)
    async with Client(server, mode=mode, elicitation_callback=elicit) as client:
        tell("open", client.protocol_version, client.server_info.name)

        async def tools():
            return [tool.name for tool in (await client.list_tools()).tools]

        async def progress(name, arguments):
            seen = []

            async def note(progress, total, message):
                seen.append(progress)

            await client.call_tool(name, arguments, progress_callback=note)
            return seen

        await steps(tools, client.call_tool, client.send_ping, answers, progress)
    tell("closed")


async def fastmcp():
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport

    answers = Answers()

    async def elicit(message, response_type, params, context):
        from fastmcp.client.elicitation import ElicitResult

        answers.asked.append(message)
        if answers.action == "accept":
            return ElicitResult(action="accept", content={"agree": True})
        return ElicitResult(action="decline")

    transport = StdioTransport(CREDITD, ARGUMENTS, keep_alive=False)
    async with Client(transport, elicitation_handler=elicit) as client:
        tell("open", "", "creditd")

        async def tools():
            return [tool.name for tool in await client.list_tools()]

        async def call(name, arguments):
            return await client.call_tool(name, arguments, raise_on_error=False)

        async def progress(name, arguments):
            seen = []

            async def note(progress, total, message):
                seen.append(progress)

            await client.call_tool(name, arguments, progress_handler=note)
            return seen

        await steps(tools, call, client.ping, answers, progress)
    tell("closed")


KINDS = {"mcp1": mcp1, "mcp2": lambda: mcp2("auto"), "mcp2-legacy": lambda: mcp2("legacy"), "fastmcp": fastmcp}
asyncio.run(asyncio.wait_for(KINDS[KIND](), 60))
