package import GasModel

/// Asks of every sensor whether its readings can be what a working head in its place measures.
package struct IntegrityDetector: RecordDetector {
    /// A detector for the sensors of a site that knows no reading yet.
    package init(_ roster: SensorRoster) {}

    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {}

    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {}

    package mutating func reconsider(at record: Reading, into findings: inout [Finding]) {}

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {}

    package func save(to state: inout StateWriter) {}

    package mutating func load(from state: inout StateReader) throws(StateError) {}
}
