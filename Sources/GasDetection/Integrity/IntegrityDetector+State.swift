package import GasModel

extension IntegrityDetector {
    package func save(to state: inout StateWriter) {
        state.write(heads.count)
        for index in heads.indices {
            state.write(heads[index].identity)
            state.write(partnerIdentity(of: index))
            state.write(kinds[index].rawValue)
        }
        var exchange = StateExchange(behind: state.words)
        // Taken out, so that what is written behind it is not written into a copy.
        state.words = []
        for index in heads.indices {
            var copy = self.state(of: index)
            // Only reading throws.
            try? copy.exchange(&exchange, as: kinds[index])
        }
        state.words = exchange.words
        state.write(calibrating.count)
        for sensor in calibrating { state.write(sensor) }
    }

    package mutating func load(from state: inout StateReader) throws(StateError) {
        let count = try state.readCount()
        var saved: [(identity: UInt64, partner: UInt64, kind: UInt8)] = []
        for _ in 0..<count {
            saved.append((try state.read(), try state.read(), try state.read()))
        }
        var exchange = StateExchange(from: state)
        for (index, saved) in saved.enumerated() {
            let isSame = index < heads.count && saved.identity == heads[index].identity
            var copy = isSame ? self.state(of: index) : State()
            guard let kind = Kind(rawValue: saved.kind) else { throw exchange.damage }
            try copy.exchange(&exchange, as: kind)
            guard isSame else { continue }
            if saved.partner != partnerIdentity(of: index) { copy.head.ratio = RatioCheck() }
            (heads[index], summaries[index], meters[index]) = (copy.head, copy.summary, copy.meter)
        }
        state = exchange.rest ?? state
        calibrating = []
        for _ in 0..<(try state.readCount()) {
            let sensor: UInt32 = try state.read()
            if Int(sensor) < heads.count, heads[Int(sensor)].calibration.isAnnounced {
                calibrating.append(sensor)
            }
        }
    }

    /// What is remembered of one sensor.
    private struct State {
        var head = Head(nil)
        var summary = Summary()
        var meter = WorkMeter()

        mutating func exchange(_ state: inout StateExchange, as kind: Kind) throws(StateError) {
            switch kind {
            case .head:
                try head.exchange(&state)
                try summary.exchange(&state)
            case .meter: try meter.exchange(&state)
            case .other: return
            }
        }
    }

    private func state(of index: Int) -> State {
        State(head: heads[index], summary: summaries[index], meter: meters[index])
    }

    /// Whom the ratios of a sensor were taken against; another one makes them worthless.
    private func partnerIdentity(of index: Int) -> UInt64 {
        let partner = surroundings[index].partner
        return partner >= 0 ? heads[Int(partner)].identity : 0
    }
}
