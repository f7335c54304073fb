/** Right and wrong calls. The compiler refuses a `@ts-expect-error` where it finds no error. */

import { Creditd, NotFound, Person, Score } from "./creditd.mjs";

export async function right(creditd: Creditd): Promise<void> {
    const cpf = "52998224725";
    const person: Person = await creditd.person.get({ cpf, purpose: "credit_protection" }, { timeoutMs: 500 });
    const amounts: number[] = (person.debts ?? []).map((debt) => debt.amountCents);
    const score: Score = await creditd.score.compute({ cpf }, { idempotencyKey: "k" });
    const movement = (await creditd.event.latest({ cpf })).movement;
    const amount: number | undefined = movement?.amountCents;
    const occurredAt = "2026-11-23T12:00:00Z";
    await creditd.event.record({ cpf, kind: "movement", occurredAt, direction: "credit", amountCents: 1, channel: "pix" });
    await creditd.audit.list({ from: occurredAt }, { signal: new AbortController().signal });
    await creditd.audit.list();
    await creditd.person.update({ cpf, patch: { email: null } });
    await creditd.system.ping({ timeoutMs: 5 }).catch((error: unknown) => {
        if (error instanceof NotFound) console.log(error.retryable, error.violations, amounts, score.score, amount);
    });
}

export async function wrong(creditd: Creditd): Promise<void> {
    const cpf = "52998224725";
    // @ts-expect-error: a CPF is a text.
    await creditd.person.get({ cpf: 52998224725 });
    // @ts-expect-error: nobody is named.
    await creditd.person.get({ purpose: "credit_protection" });
    // @ts-expect-error: there is no such purpose.
    await creditd.person.get({ cpf, purpose: "curiosity" });
    // @ts-expect-error: a read has no idempotency key.
    await creditd.person.get({ cpf }, { idempotencyKey: "k" });
    // @ts-expect-error: there is no such method.
    await creditd.person.read({ cpf });
    // @ts-expect-error: a movement has no bureau.
    await creditd.event.record({ cpf, kind: "movement", occurredAt: "2026-11-23T12:00:00Z", bureau: "Boa Vista" });
    // @ts-expect-error: a person has no nickname.
    (await creditd.person.get({ cpf })).nickname;
    // @ts-expect-error: a name cannot be removed.
    await creditd.person.update({ cpf, patch: { name: null } });
}
