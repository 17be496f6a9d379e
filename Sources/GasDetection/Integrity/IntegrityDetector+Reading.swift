internal import GasModel

// What is done with every reading: little. The windows are judged when a minute ends.
extension IntegrityDetector {
    /// A value newer than all before of its sensor.
    mutating func takeNewest(
        _ reading: Reading, _ index: Int, into findings: inout [Finding]
    ) {
        let (time, value) = (reading.eventTime, Float(reading.value))
        let isFirst = heads[index].newest == .distantPast
        let isGap = !isFirst && isGap(from: heads[index].newest, to: time, index)
        if isGap { takeGap(until: reading, index, into: &findings) }
        if !isFirst, heads[index].uploads.usedBefore(reading, value) {
            judgeUploads(index, by: reading, into: &findings)
        }
        heads[index].uploads.take(reading, value)
        if !isFirst { heads[index].learnResolution(value) }
        if heads[index].minutes.minute != time.minute {
            closeMinute(index, before: reading, into: &findings)
        }
        heads[index].newest = time
        heads[index].value = value
        summaries[index].newest = time
        if heads[index].calibration.isAnnounced {
            _ = heads[index].calibration.take(
                value, at: time, level: 0, resolution: heads[index].resolution)
            judgeCalibration(index, by: reading, into: &findings)
            return
        }
        heads[index].minutes.add(value)
        heads[index].hold.take(value, afterGap: isGap)
        if heads[index].repeats.take(value, at: time, mask: heads[index].landmarkMask) {
            judgeRepeat(index, by: reading, into: &findings)
            judgeEcho(index, by: reading, into: &findings)
        }
        judgePlateau(value, index, by: reading, into: &findings)
        judgeBlow(value, index, by: reading, into: &findings)
    }

    /// A value that is not newer: it completes the record, or contradicts what came first.
    mutating func takeLate(_ reading: Reading, _ index: Int, into findings: inout [Finding]) {
        let value = Float(reading.value)
        heads[index].gaps.fill(at: reading.eventTime)
        guard heads[index].isWatched else { return }
        let isOther = reading.eventTime == heads[index].newest && value != heads[index].value
        let slack = max(
            1.05 * heads[index].resolution, 3 * heads[index].cover.unrest.value, 0.02)
        if heads[index].uploads.contradicts(
            reading, value, slack: slack, instead: isOther ? heads[index].value : nil)
        {
            judgeUploads(index, by: reading, into: &findings)
        }
    }

    /// A message without a number: it is no value, and "below the range" tells of the zero point.
    mutating func takeFault(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < kinds.count, kinds[index] == .head, heads[index].isWatched,
            reading.quality == .belowRange, !heads[index].calibration.isAnnounced
        else { return }
        heads[index].zero.noteNegative(at: reading.eventTime)
        judgeZero(index, mean15: nil, by: reading, into: &findings)
    }

    private func isGap(from newest: Timestamp, to time: Timestamp, _ index: Int) -> Bool {
        time.seconds(since: newest)
            > max(GapCheck.intervals * heads[index].intervalSeconds, GapCheck.secondsMin)
    }

    // MARK: Compressed air

    private mutating func judgeBlow(
        _ value: Float, _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        let resolution = heads[index].resolution
        let stands = heads[index].doubts[.compressedAir]
        let isLow = value <= BlowCheck.restMax + resolution / 2
        guard isLow || heads[index].blow.isLow || stands else { return }
        let time = reading.eventTime
        if stands {
            let isBack = heads[index].blow.isBack(value, at: time, resolution: resolution)
            set(.compressedAir, isBack ? .ended : nil, index, by: reading, into: &findings) { [] }
            return
        }
        let partner = Int(surroundings[index].partner)
        let isWitness = partner >= 0 && !summaries[partner].isHeld
        let speaks = isWitness && summaries[partner].speaks(at: time)
        heads[index].blow.take(
            value, at: time, level: levelBefore(index, at: time),
            partner: isWitness ? levelBefore(partner, at: time) : 0, resolution: resolution)
        guard isBlown(index, partner: speaks ? partner : -1, at: time) else { return }
        let blow = heads[index].blow
        let neighbour = speaks ? summaries[partner].mean : .nan
        let code = speaks ? codes[partner] : ""
        set(.compressedAir, .began, index, by: reading, into: &findings) {
            var figures = [
                Finding.Evidence("level before", Double(blow.before), "%CH4"),
                Finding.Evidence("level now", reading.value, "%CH4"),
                Finding.Evidence("for", time.seconds(since: blow.since), "s"),
            ]
            if speaks {
                figures.append(
                    Finding.Evidence("\(code) before", Double(blow.partnerBefore), "%CH4"))
                figures.append(Finding.Evidence("\(code) now", Double(neighbour), "%CH4"))
            }
            return figures
        }
    }

    /// The level of the last minutes; behind a gap, that of the hour before it: who waits until the
    /// gateway is away to blow at a head must not find that nobody remembers. 0 when not known.
    private func levelBefore(_ index: Int, at time: Timestamp) -> Float {
        if heads[index].minutes.filled >= 3 { return summaries[index].mean5 }
        let start = summaries[index].gapStart
        guard start > .distantPast, time.seconds(since: start) <= BlowCheck.gapSecondsMax else {
            return 0
        }
        return heads[index].level
    }

    private func isBlown(_ index: Int, partner: Int, at time: Timestamp) -> Bool {
        let blow = heads[index].blow
        guard blow.isLow, time > heads[index].restsUntil, airGrowth(index, at: time) < 1.3 else {
            return false
        }
        guard partner >= 0, blow.partnerBefore > 0 else {
            return time.seconds(since: blow.since) >= 3 * BlowCheck.seconds.normal
        }
        let now = summaries[partner].mean
        if min(now, heads[partner].value) < 0.5 * blow.partnerBefore { return false }
        let isRising = now >= blow.partnerBefore + max(0.05, 0.1 * blow.partnerBefore)
        return blow.hasLasted(
            at: time, isUrgent: isRising || blow.before >= 0.8 * heads[index].alarm)
    }

    /// The air velocity of the place now against that of the last hours; 1 where it is not known.
    func airGrowth(_ index: Int, at time: Timestamp) -> Float {
        let air = Int(surroundings[index].air)
        guard air >= 0, meters[air].long > 0.05,
            time.seconds(since: meters[air].newest) < 600
        else { return 1 }
        return meters[air].short / meters[air].long
    }

    // MARK: Gaps

    /// The gap of this sensor that ends with `reading`. One that a neighbour shares whose value
    /// was not high is an outage, not a choice.
    private mutating func takeGap(
        until reading: Reading, _ index: Int, into findings: inout [Finding]
    ) {
        let start = heads[index].newest
        let wasHigh = heads[index].isHighOrRising
        summaries[index].gapStart = start
        summaries[index].gapWasHigh = wasHigh
        heads[index].repeats.interrupt()
        let seconds = reading.eventTime.seconds(since: start)
        guard seconds <= GapCheck.secondsMax, !heads[index].calibration.isAnnounced,
            !isShared(gapFrom: start, to: reading.eventTime, index)
        else { return }
        heads[index].gaps.note(from: start, to: reading.eventTime, isHigh: wasHigh)
        guard wasHigh, heads[index].gaps.isTimely else { return }
        let (gaps, value) = (heads[index].gaps, heads[index].value)
        set(.timelyGap, .began, index, by: reading, into: &findings) {
            [
                Finding.Evidence("gaps that began high or rising", Double(gaps.highGaps)),
                Finding.Evidence("gaps in all", Double(gaps.gaps)),
                Finding.Evidence("share of time so high", 100 * Double(gaps.share), "%"),
                Finding.Evidence("chance of it, 1 in", 1 / max(gaps.chance, 1e-6)),
                Finding.Evidence("value before the last", Double(value), "%CH4"),
                Finding.Evidence("its length", seconds, "s"),
            ]
        }
    }

    private func isShared(gapFrom start: Timestamp, to end: Timestamp, _ index: Int) -> Bool {
        for place in 0..<4 {
            let other = Int(surroundings[index].neighbours[place])
            guard other >= 0, heads[other].newest > .distantPast else { continue }
            let slack = GapCheck.intervals * heads[other].intervalSeconds
            // It may not have come back yet, or it came back first.
            let isSilent =
                end.seconds(since: heads[other].newest) > slack
                && abs(heads[other].newest.seconds(since: start)) <= 2 * slack
            let wasSilent =
                summaries[other].gapStart > .distantPast
                && abs(summaries[other].gapStart.seconds(since: start)) <= 2 * slack
            if isSilent, !heads[other].isHighOrRising { return true }
            if wasSilent, !summaries[other].gapWasHigh { return true }
        }
        return false
    }

    // MARK: Repeats and uploads

    private mutating func judgeRepeat(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        let repeats = heads[index].repeats
        if repeats.isRepeated {
            let isNear = repeats.near.streak >= RepeatCheck.streakMin
            let streak = Double(isNear ? repeats.near.streak : repeats.far.streak)
            let stride = heads[index].landmarkMask + 1
            let runs = Double(isNear ? stride : stride * RepeatCheck.farStride)
            set(.repeatedWindow, .began, index, by: reading, into: &findings) {
                [
                    Finding.Evidence("landmarks met again in order", streak),
                    Finding.Evidence(
                        "changes of value like before, about",
                        Double(RepeatCheck.runs) + (streak - 1) * runs),
                ]
            }
        } else if repeats.isNew {
            set(.repeatedWindow, .ended, index, by: reading, into: &findings) { [] }
        }
    }

    /// Holds the newest landmark against those of the neighbours: a few hundred comparisons, with
    /// one reading in many.
    private mutating func judgeEcho(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        let landmark = heads[index].repeats.landmark
        var isMet = false
        for place in 0..<4 where !isMet {
            let other = surroundings[index].neighbours[place]
            guard other >= 0 else { break }
            let theirs = heads[Int(other)].repeats
            let mark = theirs.near.number(
                of: landmark, expected: heads[index].echo.expected(of: other))
            guard mark >= 0 else { continue }
            // At the same time it is no echo, and which of the two came first would be chance; that
            // is for the twin to tell.
            let lag = reading.eventTime.seconds(since: theirs.landmarkTime)
            if mark == theirs.near.newest, lag < EchoCheck.lagSecondsMin { continue }
            isMet = true
            heads[index].echo.meet(mark, of: other)
        }
        if !isMet { heads[index].echo.miss() }
        let echo = heads[index].echo
        if echo.streak >= RepeatCheck.streakMin, !heads[index].doubts[.copied] {
            heads[index].echo.stands = true
            let code = codes[Int(echo.other)]
            set(.copied, .began, index, by: reading, into: &findings) {
                [Finding.Evidence("landmarks of \(code) met in their order", Double(echo.streak))]
            }
        } else if echo.stands, echo.isOwn, reading.isFresh {
            heads[index].echo.stands = false
            set(.copied, .ended, index, by: reading, into: &findings) { [] }
        }
    }

    private mutating func judgeUploads(
        _ index: Int, by reading: Reading, into findings: inout [Finding]
    ) {
        guard heads[index].uploads.isRewritten else { return }
        let uploads = heads[index].uploads
        set(.backdated, .began, index, by: reading, into: &findings) {
            [
                Finding.Evidence(
                    "readings that contradict the first received", Double(uploads.total)),
                Finding.Evidence("by up to", Double(uploads.furthest), "%CH4"),
                Finding.Evidence(
                    "age of the last", reading.arrivalTime.seconds(since: reading.eventTime), "s"),
            ]
        }
    }
}
