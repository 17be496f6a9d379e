package import HaltAdvisory
package import ReadingRing

extension RingRefusal {
    /// What was refused, and where it is now.
    package var phrase: Phrase { Phrase("ring-refused", path, flaw.phrase, movedTo) }
}

extension RingFlaw {
    /// What was found and what is allowed, as the end of a sentence.
    fileprivate var phrase: Phrase {
        switch self {
        case .notRegularFile: Phrase("ring-no-file")
        case .size(let found, let allowed): Phrase("ring-size", found, allowed)
        case .magic(let found): Phrase("ring-magic", String(found, radix: 16))
        case .version(let found, let allowed):
            Phrase("ring-version", "\(found)", "\(allowed)")
        case .recordBytes(let found, let allowed):
            Phrase("ring-record-bytes", "\(found)", allowed)
        case .capacity(let found, let allowed): Phrase("ring-capacity", "\(found)", allowed)
        case .checksum(let found, let allowed):
            Phrase("ring-checksum", String(found, radix: 16), String(allowed, radix: 16))
        case .cursor(let reader, let found, let allowed):
            Phrase(
                "ring-cursor", reader, "\(found)", "\(allowed.lowerBound)",
                "\(allowed.upperBound)")
        case .record(let position, let found):
            Phrase("ring-record", "\(position)", "\(found)")
        case .superseded: Phrase("ring-superseded")
        case .otherSensors: Phrase("ring-other-sensors")
        }
    }
}
