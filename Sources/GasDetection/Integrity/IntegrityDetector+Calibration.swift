internal import GasModel

extension IntegrityDetector {
    /// A person announces a calibration, or ends it.
    mutating func takeCalibration(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < kinds.count, kinds[index] == .head, heads[index].isWatched else { return }
        let time = reading.eventTime
        if reading.value > 0 {
            let level =
                heads[index].minutes.filled > 0 ? summaries[index].mean5 : heads[index].value
            let wasHigh = heads[index].isHighOrRising && heads[index].newest > .distantPast
            let isNew = !heads[index].calibration.isAnnounced
            guard
                heads[index].calibration.announce(
                    at: time, minutes: reading.value, level: level)
            else { return }
            summaries[index].isHeld = true
            if isNew { calibrating.append(reading.sensor) }
            // Only of something that is known of now, and is no span gas.
            if isNew, wasHigh, time.seconds(since: heads[index].newest) < 600 {
                beginCloak(index, by: reading, into: &findings)
            }
        } else if heads[index].calibration.isAnnounced {
            endCalibration(index, by: reading, into: &findings)
        }
    }

    /// Whether an announced calibration shows itself, and whether it is over.
    mutating func judgeCalibration(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        guard heads[index].calibration.isAnnounced else { return }
        let calibration = heads[index].calibration
        if calibration.isComplete {
            set(.calibrationCloak, .ended, index, by: reading, into: &findings) {
                Self.plateaus(of: calibration)
            }
        }
        if reading.eventTime >= calibration.to {
            endCalibration(index, by: reading, into: &findings)
        } else if reading.eventTime.seconds(since: calibration.from)
            >= CalibrationWatch.patienceSeconds,
            !calibration.sawAir, !calibration.sawSpan
        {
            beginCloak(index, by: reading, into: &findings)
        }
    }

    private mutating func endCalibration(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        if heads[index].calibration.isComplete {
            set(.drift, .ended, index, by: reading, into: &findings) { [] }
            heads[index].zero.reset()
        } else if !isTakenBack(index, by: reading) {
            beginCloak(index, by: reading, into: &findings)
        }
        let time = reading.eventTime
        heads[index].calibration.end(at: time)
        heads[index].minutes.restart(at: heads[index].minutes.minute)
        heads[index].restsUntil = time.advanced(byNanoseconds: Self.restNanoseconds)
        summaries[index].isHeld = true
        calibrating.removeAll { $0 == UInt32(index) }
    }

    /// Whether an announcement is ended before anybody can have begun, and hid no gas: it was a
    /// slip, such as the code of another sensor. To halt a place for it would be wrong.
    private func isTakenBack(_ index: Int, by reading: Reading) -> Bool {
        reading.kind == .calibration && !heads[index].isHighOrRising
            && reading.eventTime.seconds(since: heads[index].calibration.from)
                <= CalibrationWatch.takenBackSeconds
    }

    private mutating func beginCloak(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        let calibration = heads[index].calibration
        let value = heads[index].value
        set(.calibrationCloak, .began, index, by: reading, into: &findings) {
            [
                Finding.Evidence("level before", Double(calibration.before), "%CH4"),
                Finding.Evidence("value now", Double(value), "%CH4"),
                Finding.Evidence("plateaus of air seen", calibration.sawAir ? 1 : 0),
                Finding.Evidence("plateaus of span gas seen", calibration.sawSpan ? 1 : 0),
                Finding.Evidence(
                    "since it was announced",
                    reading.eventTime.seconds(since: calibration.from) / 60, "min"),
            ]
        }
    }

    private static func plateaus(of calibration: CalibrationWatch) -> [Finding.Evidence] {
        [
            Finding.Evidence("plateau of span gas", Double(calibration.span), "%CH4"),
            Finding.Evidence("plateau of air", Double(calibration.air), "%CH4"),
        ]
    }

    /// Span gas that nobody announced: no finding of its own, but nor is what follows one.
    mutating func judgePlateau(
        _ value: Float, _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        guard
            heads[index].calibration.take(
                value, at: reading.eventTime, level: heads[index].level,
                resolution: heads[index].resolution), heads[index].level > 0,
            // Gas that rises to a level takes longer.
            heads[index].minutes.filled >= 5,
            value - heads[index].minutes.mean(back: 4) >= 0.4
        else { return }
        let partner = Int(surroundings[index].partner)
        if partner >= 0, summaries[partner].speaks(at: reading.eventTime) {
            let theirs = summaries[partner]
            let slack = max(0.2 * theirs.mean15, 2 * summaries[partner].resolution)
            guard abs(theirs.mean - theirs.mean15) <= slack else { return }
        }
        heads[index].calibration.noteLikely(at: reading.eventTime)
        let until = heads[index].calibration.likelyUntil
        heads[index].restsUntil = max(heads[index].restsUntil, until)
        summaries[index].isHeld = true
        set(.compressedAir, .ended, index, by: reading, into: &findings) { [] }
    }
}
