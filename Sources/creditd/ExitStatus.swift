import ArgumentParser

/// Exit codes beside 0, after sysexits.h.
enum ExitStatus {
    /// `call` was answered with an error; with `--fail-on-error`, any request was.
    static let errorAnswer = ExitCode(1)
    /// A document does not meet a schema, or is no schema.
    static let notValid = ExitCode(1)
    /// A case of a transcript failed, or a row of the protocol does not hold.
    static let caseFailed = ExitCode(1)
    /// A file is not JSON, or no schema where one is needed (EX_DATAERR).
    static let wrongData = ExitCode(65)
    /// A file is not there (EX_NOINPUT).
    static let noInput = ExitCode(66)
    /// The input ended in the middle of a line (EX_DATAERR).
    static let cutInput = ExitCode(65)
    /// A store or a key ring cannot be used (EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
    /// The system gave no thread or descriptor (EX_OSERR).
    static let system = ExitCode(71)
    /// Input or output failed (EX_IOERR).
    static let inputOutput = ExitCode(74)
    /// The grace time passed with calls unanswered (EX_TEMPFAIL).
    static let graceTimePassed = ExitCode(75)
    /// The schema files do not make contracts (EX_CONFIG).
    static let configuration = ExitCode(78)
}
