internal import GasModel

// What is done when a minute of a sensor ends: its window is judged.
extension IntegrityDetector {
    /// What is known at the end of a minute, for the checks of it.
    struct Closed {
        var index: Int
        var minute: Int64
        var time: Timestamp
        var highest: Float
        var resolution: Float
        /// Work in the minute; `nil` when not known.
        var isAtWork: Bool?
        /// Minutes of work, and of knowledge, among the last 15.
        var work: (worked: Int, known: Int)
        /// The partner, if it speaks.
        var partner: Int?
    }

    /// Ends the minute under way, since `reading` lies in a later one.
    mutating func closeMinute(
        _ index: Int, before reading: Reading, into findings: inout [Finding]
    ) {
        let hadValues = heads[index].minutes.count > 0
        let closed = summarise(index, before: reading)
        guard hadValues, heads[index].isWatched else { return }
        summaries[index].isHeld = isHeld(index, at: closed.time)
        judgeRest(closed, by: reading, into: &findings)
        guard closed.time > heads[index].restsUntil, !heads[index].calibration.isAnnounced else {
            return
        }
        let level = heads[index].level
        let mean = summaries[index].mean
        heads[index].level = level == 0 ? mean : level + (mean - level) / 60
        judgeTwins(closed, by: reading, into: &findings)
        judgeBunch(closed, by: reading, into: &findings)
        judgeContrast(closed, by: reading, into: &findings)
        judgeHold(closed, by: reading, into: &findings)
        if heads[index].minutes.isFull {
            judgeCover(closed, by: reading, into: &findings)
            judgeRatio(closed, by: reading, into: &findings)
        }
        let mean15 = heads[index].minutes.isFull ? summaries[index].mean15 : nil
        if let mean15 {
            let partner = closed.partner.map { summaries[$0].mean15 }
            heads[index].zero.take(
                mean15, partner: partner, minute: closed.minute, resolution: closed.resolution)
        }
        judgeZero(index, mean15: mean15, by: reading, into: &findings)
    }

    /// Whether a sensor is no witness at `time`.
    func isHeld(_ index: Int, at time: Timestamp) -> Bool {
        heads[index].calibration.isAnnounced || heads[index].doubts.isDoubtful
            || time <= heads[index].restsUntil
    }

    private mutating func summarise(_ index: Int, before reading: Reading) -> Closed {
        let minute = heads[index].minutes.minute
        let time = reading.eventTime
        let isFirst = heads[index].minutes.count == 0
        let (lowest, highest) = (heads[index].minutes.lowest, heads[index].minutes.highest)
        let last = heads[index].minutes.last
        let count = heads[index].minutes.count
        heads[index].minutes.close(for: time.minute)
        let (worked, known) = work(index, at: minute)
        let partner = Int(surroundings[index].partner)
        let speaks = partner >= 0 && summaries[partner].speaks(at: time)
        if !isFirst {
            let isFull = heads[index].minutes.isFull
            summaries[index].hasMoved = lowest != highest || last != summaries[index].last
            summaries[index].minute = minute
            (summaries[index].lowest, summaries[index].highest) = (lowest, highest)
            (summaries[index].last, summaries[index].count) = (last, count)
            let filled = heads[index].minutes.filled
            summaries[index].mean = filled > 0 ? heads[index].minutes.mean(back: 0) : last
            summaries[index].mean5 = filled > 0 ? heads[index].minutes.mean(of: 5) : last
            summaries[index].mean15 = filled > 0 ? heads[index].minutes.mean(of: 15) : last
            summaries[index].swing = isFull ? heads[index].minutes.swing : -1
            summaries[index].usualSwing = heads[index].cover.swing.value
            summaries[index].knowsSwing = heads[index].cover.swing.count >= CoverCheck.lessons
            summaries[index].resolution = heads[index].resolution
        }
        return Closed(
            index: index, minute: minute, time: time, highest: highest,
            resolution: heads[index].resolution, isAtWork: isAtWork(index, at: minute),
            work: (worked, known), partner: speaks ? partner : nil)
    }

    private func work(_ index: Int, at minute: Int64) -> (worked: Int, known: Int) {
        var most = (worked: 0, known: 0)
        for place in 0..<4 {
            let meter = Int(surroundings[index].work[place])
            guard meter >= 0 else { break }
            let work = meters[meter].work(at: minute)
            most = (max(most.worked, work.worked), max(most.known, work.known))
        }
        return most
    }

    private func isAtWork(_ index: Int, at minute: Int64) -> Bool? {
        var isAtWork: Bool?
        for place in 0..<4 {
            let meter = Int(surroundings[index].work[place])
            guard meter >= 0 else { break }
            if let works = meters[meter].isAtWork(at: minute) {
                isAtWork = isAtWork ?? false || works
            }
        }
        return isAtWork
    }

    /// What ends by the mere passing of time.
    private mutating func judgeRest(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        heads[index].gaps.count(isHigh: heads[index].isHighOrRising, minute: closed.minute)
        guard heads[index].doubts.bits != 0 else { return }
        if heads[index].doubts[.timelyGap],
            closed.time.seconds(since: heads[index].gaps.newestHigh) > 86_400
                || heads[index].gaps.isUnlikely
        {
            set(.timelyGap, .ended, index, by: reading, into: &findings) { [] }
        }
        if heads[index].doubts[.backdated], heads[index].uploads.isQuiet(at: reading.arrivalTime) {
            set(.backdated, .ended, index, by: reading, into: &findings) { [] }
        }
        if heads[index].doubts[.calibrationCloak], !heads[index].calibration.isAnnounced {
            if heads[index].calibration.over == .distantPast {
                heads[index].calibration.end(at: closed.time)
            } else if closed.time.seconds(since: heads[index].calibration.over) > 3600 {
                set(.calibrationCloak, .ended, index, by: reading, into: &findings) { [] }
            }
        }
    }

    // MARK: Copied

    private mutating func judgeTwins(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        heads[index].twin.minute = closed.minute
        for place in 0..<surroundings[index].near {
            let other = Int(surroundings[index].neighbours[place])
            // Of two that close the same minute the later one compares. Neither rests: else it
            // would be chance whether they are compared.
            guard heads[other].twin.minute == closed.minute else { continue }
            let (first, second) = (min(index, other), max(index, other))
            let stands = heads[second].doubts[.copied] && !heads[second].echo.stands
            let (change, row) = heads[second].twin.compare(
                summaries[second], summaries[first], other: Int32(first), stands: stands)
            let code = codes[first]
            set(.copied, change, second, by: reading, into: &findings) {
                [
                    Finding.Evidence("minutes like \(code), in a row", Double(row.alike)),
                    Finding.Evidence("of them with a movement", Double(row.moved)),
                ]
            }
        }
    }

    // MARK: Just below the limit

    mutating func judgeBunch(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        guard heads[index].alarm.isFinite else {
            judgeLowGain(closed, by: reading, into: &findings)
            return
        }
        let change = heads[index].bunch.judge(
            highest: closed.highest, minute: closed.minute, limit: heads[index].alarm,
            resolution: closed.resolution, stands: heads[index].crowds)
        if let change { heads[index].crowds = change == .began }
        judgeLowGain(closed, by: reading, into: &findings)
    }

    // MARK: Stuck

    private mutating func judgeHold(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        heads[index].hold.count(isAtWork: closed.isAtWork ?? false)
        var slack = SIMD4<Float>(repeating: 0)
        for place in 0..<4 {
            let other = Int(surroundings[index].neighbours[place])
            guard other >= 0 else { break }
            slack[place] = summaries[other].resolution
            if summaries[other].isHeld {
                heads[index].hold.forget(place)
            } else if summaries[other].speaks(at: closed.time) {
                heads[index].hold.see(summaries[other].mean5, of: place)
            }
        }
        if heads[index].doubts[.stuck] {
            set(
                .stuck, heads[index].hold.hasMoved ? .ended : nil, index, by: reading,
                into: &findings
            ) { [] }
            return
        }
        guard !heads[index].doubts[.covered], !heads[index].doubts.isOffAir,
            heads[index].hold.isStuck(resolution: closed.resolution, slack: slack)
        else { return }
        heads[index].hold.markStuck()
        let hold = heads[index].hold
        let missed = hold.missed(slack)
        let code = missed.map { codes[Int(surroundings[index].neighbours[$0.neighbour])] }
        set(.stuck, .began, index, by: reading, into: &findings) {
            var figures = [
                Finding.Evidence("unchanged for", Double(hold.minutes), "min"),
                Finding.Evidence("of it with work", Double(hold.workMinutes), "min"),
                Finding.Evidence("its longest before", Double(hold.longest), "min"),
                Finding.Evidence("with work", Double(hold.longestAtWork), "min"),
            ]
            if let missed, let code {
                figures.append(
                    Finding.Evidence(
                        "\(code) moved", Double(hold.moved(missed.neighbour)), "%CH4"))
            }
            return figures
        }
    }

    // MARK: Covered

    private mutating func judgeCover(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        let stands = heads[index].doubts[.covered]
        guard stands || !heads[index].doubts[.stuck] && !heads[index].doubts.isOffAir else {
            return
        }
        let seen = minuteOutside(closed)
        let change = heads[index].cover.judge(heads[index].minutes, seen, stands: stands)
        guard change != nil else { return }
        let (cover, minutes) = (heads[index].cover, heads[index].minutes)
        let swing = closed.partner.map { summaries[$0].swing }
        let code = closed.partner.map { codes[$0] }
        set(.covered, change, index, by: reading, into: &findings) {
            var figures = [
                Finding.Evidence("SD in 15 min", Double(minutes.unrest), "%CH4"),
                Finding.Evidence("own SD at work", Double(cover.unrest.value), "%CH4"),
                Finding.Evidence("off its straight line by", Double(minutes.bend), "%CH4"),
                Finding.Evidence("own at work", Double(cover.bend.value), "%CH4"),
            ]
            if closed.work.known > 0 {
                figures.append(
                    Finding.Evidence("minutes with work of 15", Double(closed.work.worked)))
            }
            if let swing, let code, swing >= 0 {
                figures.append(Finding.Evidence("\(code) moved", Double(swing), "%CH4"))
            }
            return figures
        }
    }

    /// Whether the head should have felt something. Work counts where it is known; where not, a
    /// neighbour that moves at least as usual.
    private func minuteOutside(_ closed: Closed) -> CoverCheck.Minute {
        var isWitnessed: Bool?
        var isLively = false
        for place in 0..<4 {
            let other = Int(surroundings[closed.index].neighbours[place])
            guard other >= 0 else { break }
            guard summaries[other].speaks(at: closed.time), summaries[other].swing >= 0,
                summaries[other].knowsSwing || closed.work.known == 0
            else { continue }
            let usual = summaries[other].usualSwing
            let moves = summaries[other].swing >= max(0.5 * usual, summaries[other].resolution)
            isLively = isLively || moves && summaries[other].swing >= usual
            isWitnessed = isWitnessed ?? false || moves
        }
        let isKnown = closed.work.known >= 10
        let isStirred = isKnown ? closed.work.worked * 10 >= closed.work.known * 6 : isLively
        return CoverCheck.Minute(
            isStirred: isStirred, knowsWork: isKnown, isWitnessed: isWitnessed,
            resolution: closed.resolution)
    }
}
