import Bureau
import Testing

@testable import StoreDynamoDB

@Suite("Credentials with an expiry")
struct CredentialCacheTests {
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)
    private static let failure = CredentialFailure(reason: "the service is away")

    @Test("are fetched at the start and again before they expire, while the old ones are used")
    func refresh() {
        var cache = CredentialCache()
        #expect(cache.state(at: .at(0), clock: Self.now) == .waiting)
        #expect(Self.starts(&cache, at: .at(0), clock: Self.now))
        #expect(!Self.starts(&cache, at: .at(1), clock: Self.now))
        cache.take(.success(Self.credentials("A", 3600)), at: .at(10), clock: Self.now)
        #expect(cache.state(at: .at(10), clock: Self.now) == .ready(Self.credentials("A", 3600)))
        #expect(!Self.starts(&cache, at: .at(50_000), clock: Self.later(3299)))
        #expect(Self.starts(&cache, at: .at(50_000), clock: Self.later(3301)))
        #expect(cache.state(at: .at(50_000), clock: Self.later(3301)) == .ready(Self.credentials("A", 3600)))
        cache.take(.success(Self.credentials("B", 9000)), at: .at(50_010), clock: Self.later(3301))
        #expect(cache.state(at: .at(50_010), clock: Self.later(3301)) == .ready(Self.credentials("B", 9000)))
    }

    @Test("are missing after a failed fetch, with its reason, until the next may start; expired ones are not used")
    func failing() {
        var cache = CredentialCache()
        #expect(Self.starts(&cache, at: .at(0), clock: Self.now))
        cache.take(.failure(Self.failure), at: .at(10), clock: Self.now)
        #expect(cache.state(at: .at(11), clock: Self.now) == .missing(Self.failure))
        #expect(!Self.starts(&cache, at: .at(11), clock: Self.now))
        #expect(cache.state(at: .at(1010), clock: Self.now) == .waiting)
        #expect(Self.starts(&cache, at: .at(1010), clock: Self.now))

        let expired = CredentialCache(Self.credentials("A", 10))
        #expect(expired.state(at: .at(0), clock: Self.now) == .ready(Self.credentials("A", 10)))
        #expect(expired.state(at: .at(5000), clock: Self.later(10)) == .waiting)
    }

    @Test("are fetched anew when the server refuses them")
    func refused() {
        var cache = CredentialCache(Self.credentials("A", 3600))
        cache.refuse(Self.credentials("A", 3600))
        #expect(cache.state(at: .at(2000), clock: Self.now) == .waiting)
        #expect(Self.starts(&cache, at: .at(2000), clock: Self.now))
        cache.take(.success(Self.credentials("B", 3600)), at: .at(2001), clock: Self.now)
        // A late response about the old credentials says nothing of the new ones.
        cache.refuse(Self.credentials("A", 3600))
        #expect(cache.state(at: .at(2002), clock: Self.now) == .ready(Self.credentials("B", 3600)))
    }

    @Test("that a source gives again after they were refused are as good as missing, and are asked for again")
    func refusedAgain() {
        var cache = CredentialCache(Self.credentials("A", 3600))
        cache.refuse(Self.credentials("A", 3600))
        #expect(Self.starts(&cache, at: .at(0), clock: Self.now))
        cache.take(.success(Self.credentials("A", 3600)), at: .at(1), clock: Self.now)
        guard case .missing(let failure) = cache.state(at: .at(2), clock: Self.now) else {
            Issue.record("they are not missing")
            return
        }
        #expect(failure.code == "ExpiredToken")
        #expect(Self.starts(&cache, at: .at(1100), clock: Self.now))
    }

    @Test("are fetched at once when somebody asks for it, and used until then")
    func reload() {
        var cache = CredentialCache(Self.credentials("A", 3600))
        #expect(!Self.starts(&cache, at: .at(0), clock: Self.now))
        cache.reload()
        #expect(cache.state(at: .at(0), clock: Self.now) == .ready(Self.credentials("A", 3600)))
        #expect(Self.starts(&cache, at: .at(0), clock: Self.now))
        cache.take(.failure(Self.failure), at: .at(1), clock: Self.now)
        #expect(cache.state(at: .at(2), clock: Self.now) == .ready(Self.credentials("A", 3600)))
    }

    private static func starts(
        _ cache: inout CredentialCache, at time: ContinuousClock.Instant, clock: Instant
    ) -> Bool {
        cache.startIfDue(at: time, clock: clock)
    }

    private static func later(_ seconds: Int64) -> Instant {
        Instant(secondsSinceEpoch: 1_800_000_000 + seconds)
    }

    private static func credentials(_ key: String, _ seconds: Int64) -> AWSCredentials {
        AWSCredentials(accessKeyID: key, secretAccessKey: "s", sessionToken: "t", expiresAt: later(seconds))
    }
}
