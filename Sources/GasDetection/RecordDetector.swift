package import GasModel

/// Something that judges the records of the ring one after the other.
///
/// Pure: state and record in, state and findings out. No clock, no I/O, no randomness; the same
/// records always give the same findings.
package protocol RecordDetector: Sendable {
    /// Judges one record and appends what it finds. `mute`: the record was judged before a restart;
    /// it fills state and windows, and leads to no finding.
    mutating func observe(_ reading: Reading, mute: Bool, into findings: inout [Finding])

    /// Goes over to another site at the record `record`, of kind `.siteChange`: every sensor that
    /// `changes` does not name stays exactly as it is. **Cost:** that of the sensors named.
    mutating func adopt(
        _ changes: [SensorChange], at record: Reading, into findings: inout [Finding])

    /// Takes a record of kind `.siteChange` that was written by a run before this one and was not
    /// judged by it: what it would have found must be found now.
    mutating func reconsider(at record: Reading, into findings: inout [Finding])
}
