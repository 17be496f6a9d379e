package import GasModel

/// Something that judges the records of the ring one after the other.
///
/// Pure: state and record in, state and findings out. No clock, no I/O, no randomness; the same
/// records always give the same findings. **Thread:** a value; whoever owns it calls it.
package protocol RecordDetector: Sendable {
    /// Judges one record and appends what it finds.
    mutating func observe(_ reading: Reading, into findings: inout [Finding])

    /// Looks at a reading that is held back because one before it may still come: it is observed
    /// later, in order. Only what must not wait is found now.
    mutating func glimpse(_ reading: Reading, into findings: inout [Finding])

    /// Goes over to another site at the record `record`, of kind `.siteChange`: every sensor that
    /// the change does not name, and that stands among the same others, stays exactly as it is.
    mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding])

    /// Takes a record of kind `.siteChange` that was written by a run before this one and was not
    /// judged by it: what it would have found must be found now.
    mutating func reconsider(at record: Reading, into findings: inout [Finding])

    /// Takes up a condition that the journal says stands, where there is no snapshot to go on from:
    /// it must not be raised anew, nor forgotten. `subject` by the indexes of today. `isActive`: it
    /// still held then; `value` and `eventTime`: of the newest record that was told of it.
    mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp)

    /// Writes all of the state: a detector that was made for the same site and reads it back finds
    /// the same from then on.
    func save(to state: inout StateWriter)

    /// Takes up what `save` wrote. A sensor that is another one since (by place, role, quantity or
    /// unit) begins anew; one whose limits are others is judged by those from its next reading on.
    /// **Errors:** the state is damaged, or of another version; the detector is then unusable.
    mutating func load(from state: inout StateReader) throws(StateError)
}

extension RecordDetector {
    /// Nothing: what this detector finds can wait.
    package mutating func glimpse(_ reading: Reading, into findings: inout [Finding]) {}
}
