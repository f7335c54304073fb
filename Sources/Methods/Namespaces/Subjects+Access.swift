import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods by which persons see what is kept of them, and who asked about it.
    static func subjectAccess(_ holdings: SubjectAccessService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                "subject.access", access, reads: [.a, .b, .c], answerBytes: 16_384,
                params: { (reader) throws(Failure) in
                    SubjectRead(cpf: try reader.cpf(), access: reader.rightsAccess(to: .all))
                },
                service: holdings.holdings,
                result: { $0.write(to: &$1) }),
            .aboutSubject(
                "subject.sharing", access, reads: [.a, .c], tellsAccesses: true, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    SharingRequest(
                        page: try PageRequest(
                            reader, for: reader.rightsAccess(to: .queries), position: EventPosition.init(cursor:)),
                        since: try reader.optional("from"))
                },
                service: holdings.sharing,
                result: { $0.write(to: &$1) }),
        ]
    }
}

extension SubjectSharing {
    /// Appends the result of `subject.sharing`. Of a record of the log only what is about the person's own data: it
    /// names other subjects, too.
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            queries.writeMembers(
                as: "queries", to: &result,
                cursor: { EventPosition(occurredAt: $0.occurredAt, eventID: $0.eventID).cursor },
                item: { event, list in event.body.withUnsafeBufferPointer { list.json($0) } })
            result.key("accesses")
            result.array { list in
                for access in accesses.items {
                    list.object { item in
                        item.member("at", access.at)
                        if let base = access.base { item.member("base", base.rawValue) }
                        item.member("method", access.method)
                        item.optional("purpose", access.purpose)
                        item.optional("requester", access.requester)
                        item.key("groups")
                        item.array { groups in
                            for group in access.groups.list { groups.string(group) }
                        }
                    }
                }
            }
            if accesses.hasMore { result.member("moreAccesses", true) }
        }
    }
}

extension SubjectHoldings {
    /// Appends the result of `subject.access`.
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("generatedAt", generatedAt)
            result.key("person")
            if let person { result.object { person.writeMembers(.plain, to: &$0) } } else { result.null() }
            result.key("payments")
            result.array { list in
                for debt in payments {
                    list.object { item in
                        item.member("debtId", debt.debtID)
                        item.key("payments")
                        item.array { list in
                            for payment in debt.page.items { payment.write(.plain, to: &list) }
                        }
                    }
                }
            }
            result.key("profile")
            if let profile { result.object { profile.writeMembers(.plain, to: &$0) } } else { result.null() }
            result.key("scores")
            result.array { list in
                for score in scores.items { score.write(.plain, to: &list) }
            }
            result.key("events")
            result.array { list in
                for event in events.flatMap(\.page.items) {
                    event.body.withUnsafeBufferPointer { list.json($0) }
                }
            }
            result.key("requests")
            result.array { list in
                for request in requests.items { request.write(to: &list) }
            }
            result.key("consents")
            result.array { list in
                for consent in consents.items { consent.write(to: &list) }
            }
            result.key("cadastro")
            cadastro.write(to: &result)
            writeGroups(to: &result)
            writeMore(to: &result)
        }
    }

    private func writeGroups(to result: inout Writer) {
        result.key("groups")
        result.array { list in
            for group in groups {
                list.object { item in
                    item.member("group", group.group)
                    item.member("base", group.base.rawValue)
                    item.member("held", group.isHeld)
                    item.member("origin", group.origin)
                    item.key("purposes")
                    item.array { list in
                        for purpose in group.purposes { list.string(purpose) }
                    }
                }
            }
        }
    }

    /// Names the methods that page through what is longer than its list here.
    private func writeMore(to result: inout Writer) {
        let more = [
            ("debt.payments", payments.contains { $0.page.hasMore }), ("score.history", scores.hasMore),
            ("event.history", events.contains { $0.page.hasMore }), ("subject.requests", requests.hasMore),
            ("consent.list", consents.hasMore),
        ]
        guard more.contains(where: \.1) else { return }
        result.key("more")
        result.array { list in
            for (method, hasMore) in more where hasMore { list.string(method) }
        }
    }
}
