package import GasModel

/// Something that judges the records of the ring one after the other.
///
/// Pure: state and record in, state and findings out. No clock, no I/O, no randomness; the same
/// records always give the same findings.
package protocol RecordDetector: Sendable {
    /// Judges one record and appends what it finds. `mute`: the record was judged before a restart;
    /// it fills state and windows, and leads to no finding.
    mutating func observe(_ reading: Reading, mute: Bool, into findings: inout [Finding])
}
