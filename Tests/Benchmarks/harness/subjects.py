"""The subjects that the stores are loaded with, and requests about them: all made up, and the same each time."""

import random

FIRST = 100_000_000
OCCURRED_AT = "2026-11-21T00:00:00Z"
KINDS = {
    "bureau_query": '"bureau":"Serasa","requester":"Loja Exemplo"',
    "movement": '"direction":"credit","amountCents":620000,"channel":"pix"',
    "card_purchase": '"amountCents":4990,"merchantCategoryCode":"5411","installments":1,"approved":true',
}
ADDRESS = ('{"postalCode":"01310100","street":"Avenida Paulista","number":"1","district":"Bela Vista",'
           '"city":"São Paulo","state":"SP"}')
PERSON = ('"name":"Ana","surname":"Silva","birthDate":"1959-01-01","phone":"+5511910000000","address":' + ADDRESS
          + ',"debts":[{"creditor":"Banco Exemplo","amountCents":642950,"annualInterestBasisPoints":2400,'
            '"dueDate":"2026-06-30","status":"open"}]')
PROFILE = ('"birthDate":"1959-01-01","address":' + ADDRESS
           + ',"housing":"own","assets":[{"kind":"real_estate","valueCents":32000000,"paidOff":true}],'
             '"incomeSources":[{"kind":"salary","monthlyAmountCents":620000,"since":"2015-08-03"}]')


def cpf(index):
    """The CPF of a subject, with its check digits."""
    digits = [int(digit) for digit in str(FIRST + index)]
    for _ in range(2):
        total = sum(weight * digit for weight, digit in zip(range(len(digits) + 1, 1, -1), digits))
        digits.append(total * 10 % 11 % 10)
    return "".join(map(str, digits))


class Subjects:
    """The subjects from `first` on: their CPFs in the order in which they are loaded.

    Requests take them round and round in another order, without a pattern: so no two in a batch are about the same one,
    and a store does not find them side by side, no more than a bare client does that takes them at random.
    """

    def __init__(self, count, first=0):
        self.count = count
        self.cpfs = [cpf(index) for index in range(first, first + count)]
        self._visits = random.Random(count).sample(self.cpfs, count)

    def round_and_round(self, count):
        return (self._visits[index % self.count] for index in range(count))


def pings(count):
    return (f'{{"jsonrpc":"2.0","id":{number},"method":"system.ping"}}\n' for number in range(count))


def requests(method, cpfs, params="", first=0):
    """A request about each CPF, with ids from `first` on."""
    start, end = f',"method":"{method}","params":{{"cpf":"', f'"{params and ","}{params}}}}}\n'
    return (f'{{"jsonrpc":"2.0","id":{number}{start}{cpf}{end}' for number, cpf in enumerate(cpfs, first))


def latest(cpfs, first=0):
    return requests("event.latest", cpfs, first=first)


def person_gets(cpfs):
    return requests("person.get", cpfs, '"purpose":"credit_protection"')


def person_creates(cpfs):
    return requests("person.create", cpfs, PERSON)


def profile_puts(cpfs):
    return requests("profile.put", cpfs, PROFILE)


def profile_gets(cpfs):
    return requests("profile.get", cpfs)


def event(kind, event_id):
    return f'"kind":"{kind}","occurredAt":"{OCCURRED_AT}","eventId":"{event_id}",{KINDS[kind]}'


def one_event_of_each_kind(cpfs):
    """What event.latest finds later on: three requests for each CPF."""
    number = 0
    for cpf in cpfs:
        for kind in KINDS:
            yield from requests("event.record", [cpf], event(kind, f"{number:012}"), first=number)
            number += 1


def movements(cpfs, known, seed):
    """Movements with as many identifiers as redis-benchmark makes when it knows so many subjects. None is one of
    `one_event_of_each_kind`, whose content would conflict."""
    identifiers = random.Random(seed)
    first = 10 ** 11
    for number, cpf in enumerate(cpfs):
        yield from requests(
            "event.record", [cpf], event("movement", f"{first + identifiers.randrange(known):012}"), first=number)
