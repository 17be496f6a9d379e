internal import GasModel

// Whether a level can be that of the sensor's place in the air.
extension IntegrityDetector {
    // MARK: Contradiction

    mutating func judgeContrast(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        let stands = heads[index].doubts[.contradiction]
        guard !surroundings[index].isIntake, stands || !heads[index].doubts.isOffAir else { return }
        let mine = summaries[index].mean
        var (highest, witness): (Float, Int) = (-1, index)
        for place in 0..<surroundings[index].near {
            let other = Int(surroundings[index].neighbours[place])
            if summaries[other].speaks(at: closed.time), summaries[other].mean > highest {
                (highest, witness) = (summaries[other].mean, other)
            }
        }
        let isContrary = ContrastCheck.contradicts(mine, highest, resolution: closed.resolution)
        let change = heads[index].contrast.judgeContrast(isContrary, stands: stands)
        let code = codes[witness]
        set(.contradiction, change, index, by: reading, into: &findings) {
            [
                Finding.Evidence("this one", Double(mine), "%CH4"),
                Finding.Evidence(code, Double(highest), "%CH4"),
            ]
        }
    }

    // MARK: Fresh air and gain

    mutating func judgeRatio(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        guard !heads[index].doubts[.compressedAir] else { return }
        judgeOrder(closed, by: reading, into: &findings)
        guard let partner = closed.partner, summaries[partner].swing >= 0 else { return }
        let half = closed.resolution / 2
        let (mine, theirs) = (summaries[index].mean15, summaries[partner].mean15)
        guard theirs + half > 0.02 else { return }
        let ratio = max(mine + half, 0.001) / (theirs + half)
        let loss = heads[index].ratio.judgeLoss(
            ratio: ratio, level: mine, airGrowth: airGrowth(index, at: closed.time),
            stands: heads[index].lostRatio)
        if let loss { heads[index].lostRatio = loss == .began }
        judgeFreshAir(closed, by: reading, ratio: ratio, into: &findings)
        guard !heads[index].doubts[.freshAir] else { return }
        let gain = heads[index].ratio.judgeGain(
            ratio: ratio, level: mine, stands: heads[index].lostGain)
        if let gain { heads[index].lostGain = gain == .began }
    }

    /// Lets the rule begin with its first reason and end with its last.
    mutating func judgeLowGain(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        let holds = heads[index].lostGain || heads[index].crowds
        guard holds != heads[index].doubts[.lowGain] else { return }
        let (check, bunch, gain) = (heads[index].ratio, heads[index].bunch, heads[index].lostGain)
        let code = closed.partner.map { codes[$0] } ?? "the neighbour"
        set(.lowGain, holds ? .began : .ended, index, by: reading, into: &findings) {
            if gain {
                return [
                    Finding.Evidence("ratio to \(code), hours", Double(check.ratio)),
                    Finding.Evidence("usual ratio", Double(check.slow.value)),
                    Finding.Evidence("level, hours", Double(check.level), "%CH4"),
                ]
            }
            return [
                Finding.Evidence("minutes at 0.9 to 1 of the alarm", Double(bunch.near)),
                Finding.Evidence("at 0.8 to 0.9", Double(bunch.below)),
                Finding.Evidence("highest of the day", Double(bunch.top), "%CH4"),
                Finding.Evidence("times it was reached", Double(bunch.touches)),
            ]
        }
    }

    /// T0 >= T2 >= T3: a return shows no less than the intake of its place, a corner not half of
    /// the return.
    private mutating func judgeOrder(
        _ closed: Closed, by reading: Reading, into findings: inout [Finding]
    ) {
        let index = closed.index
        let (intake, back) = (Int(surroundings[index].intake), Int(surroundings[index].airReturn))
        guard intake >= 0 || back >= 0, !surroundings[index].isIntake else { return }
        let mine = summaries[index].mean15
        var isDisordered = false
        if intake >= 0, summaries[intake].speaks(at: closed.time), summaries[intake].swing >= 0 {
            let slack = max(0.1, 2 * max(closed.resolution, summaries[intake].resolution))
            isDisordered = mine < summaries[intake].mean15 - slack
        }
        if back >= 0, summaries[back].speaks(at: closed.time), summaries[back].swing >= 0 {
            let theirs = summaries[back].mean15
            isDisordered = isDisordered || mine <= 0.5 * theirs && theirs - mine >= 0.2
        }
        let change = heads[index].contrast.judgeOrder(isDisordered, stands: heads[index].lostOrder)
        if let change { heads[index].lostOrder = change == .began }
        judgeFreshAir(closed, by: reading, ratio: .nan, into: &findings)
    }

    /// Lets the rule begin with its first reason and end with its last.
    private mutating func judgeFreshAir(
        _ closed: Closed, by reading: Reading, ratio: Float, into findings: inout [Finding]
    ) {
        let index = closed.index
        let holds = heads[index].lostRatio || heads[index].lostOrder
        guard holds != heads[index].doubts[.freshAir] else { return }
        let (mine, check, other) = (
            summaries[index].mean15, heads[index].ratio, surroundings[index]
        )
        let partner = closed.partner.map { summaries[$0].mean15 }
        let code = closed.partner.map { codes[$0] }
        let intake = other.intake >= 0 ? summaries[Int(other.intake)].mean15 : nil
        let airReturn = other.airReturn >= 0 ? summaries[Int(other.airReturn)].mean15 : nil
        set(.freshAir, holds ? .began : .ended, index, by: reading, into: &findings) {
            var figures = [Finding.Evidence("mean of 15 min", Double(mine), "%CH4")]
            func add(_ name: String, _ value: Float?, _ unit: String = "%CH4") {
                guard let value, value.isFinite, value != 0 else { return }
                figures.append(Finding.Evidence(name, Double(value), unit))
            }
            add("before", check.level)
            if let code { add(code, partner) }
            if let code { add("ratio to \(code)", ratio, "") }
            add("usual ratio", check.usual.value, "")
            add("intake of the place", intake)
            add("return of the place", airReturn)
            return figures
        }
    }

    // MARK: Zero point

    mutating func judgeZero(
        _ index: Int, mean15: Float?, by reading: Reading, into findings: inout [Finding]
    ) {
        let stands = heads[index].doubts[.drift]
        let isOff = heads[index].zero.isOff(
            mean15: mean15, at: reading.eventTime, resolution: heads[index].resolution)
        guard isOff != stands else { return }
        let zero = heads[index].zero
        set(.drift, isOff ? .began : .ended, index, by: reading, into: &findings) {
            var figures: [Finding.Evidence] = []
            func add(_ name: String, _ value: Float, _ unit: String = "%CH4") {
                figures.append(Finding.Evidence(name, Double(value), unit))
            }
            // What is not known yet is not told as if it were zero.
            if zero.isKnown {
                add("shift of the lowest level of a day", zero.shift)
                add("usual lowest level", zero.usual)
            }
            add("messages below zero", zero.negatives.rounded(.up), "")
            if let mean15 { add("mean of 15 min", mean15) }
            return figures
        }
    }
}
