"""Right and wrong calls. A checker that warns of unneeded `type: ignore` comments finds every mistake below."""

from typing import assert_type

from creditd import Creditd, CreditdSync, EventRecordResult, Person, Score


async def right(creditd: Creditd) -> None:
    person = await creditd.person.get(cpf="52998224725", purpose="credit_protection", timeout=0.5)
    assert_type(person, Person)
    for debt in person.get("debts", []):
        assert_type(debt["amountCents"], int)
    assert_type(await creditd.score.compute(cpf="52998224725", idempotency_key="k"), Score)
    events = await creditd.event.latest(cpf="52998224725")
    movement = events.get("movement")
    if movement is not None:
        assert_type(movement["amountCents"], int)
    recorded = await creditd.event.record(
        cpf="52998224725",
        kind="movement",
        occurredAt="2026-11-23T12:00:00Z",
        direction="credit",
        amountCents=100,
        channel="pix",
    )
    assert_type(recorded, EventRecordResult)
    await creditd.audit.list(from_="2026-11-23T12:00:00Z")
    await creditd.person.update(cpf="52998224725", patch={"email": None})


def plain(creditd: CreditdSync) -> None:
    assert_type(creditd.person.get(cpf="52998224725"), Person)
    creditd.debt.add(
        cpf="52998224725",
        debt={
            "creditor": "Banco Exemplo",
            "amountCents": 1,
            "annualInterestBasisPoints": 0,
            "dueDate": "2030-01-31",
            "status": "open",
        },
    )


async def wrong(creditd: Creditd) -> None:
    await creditd.person.get(cpf=52998224725)  # type: ignore[arg-type]
    await creditd.person.get(purpose="credit_protection")  # type: ignore[call-arg]
    await creditd.person.get(cpf="52998224725", purpose="curiosity")  # type: ignore[arg-type]
    await creditd.person.get(cpf="52998224725", idempotency_key="k")  # type: ignore[call-arg]
    await creditd.person.read(cpf="52998224725")  # type: ignore[attr-defined]
    await creditd.event.record(  # type: ignore[call-overload]
        cpf="52998224725", kind="movement", occurredAt="2026-11-23T12:00:00Z", bureau="Boa Vista", requester="Loja"
    )
    person = await creditd.person.get(cpf="52998224725")
    person["nickname"]  # type: ignore[typeddict-item]
    await creditd.person.update(cpf="52998224725", patch={"name": None})  # type: ignore[typeddict-item]
