import GasModel

/// What is known so far of one element while its keys are read.
struct ReadingElement {
    /// The keys read so far, one bit each.
    private var seen: UInt8 = 0
    private var reading = WireReading(sourceTime: .distantPast, value: .nan)
    /// The first thing that speaks against the element, and where it stands.
    private var fault: (reason: WireFault, at: Int)?

    /// Takes the element at `at`. **Errors:** only what makes the rest of the payload unreadable;
    /// all else is in the item, with the element read to its end.
    static func decode(
        _ payload: Span<UInt8>, _ at: inout Int, _ form: ReadingJSON.Form
    ) throws(WireFault) -> WireItem {
        let start = at
        guard payload.byte(at) == .brace else {
            try payload.skipValue(&at)
            return .refused(.wrongShape, at: start)
        }
        var element = ReadingElement()
        at &+= 1
        payload.skipSpace(&at)
        if payload.byte(at) == .closingBrace {
            at &+= 1
        } else {
            try element.takeMembers(payload, &at, form)
        }
        return element.item(form, start: start)
    }

    private mutating func takeMembers(
        _ payload: Span<UInt8>, _ at: inout Int, _ form: ReadingJSON.Form
    ) throws(WireFault) {
        while true {
            payload.skipSpace(&at)
            let start = at
            let key = try ReadingKey(payload, &at)
            payload.skipSpace(&at)
            switch key {
            case .time:
                note(.time, start)
                try takeTime(payload, &at)
            case .value:
                note(.value, start)
                try takeValue(payload, &at)
            case .sequence:
                note(.sequence, start)
                try takeSequence(payload, &at)
            case .boot:
                note(.boot, start)
                try takeBoot(payload, &at)
            case .sensor where form == .batch:
                note(.sensor, start)
                try takeSensor(payload, &at)
            default:
                try payload.skipValue(&at)
            }
            payload.skipSpace(&at)
            if payload.byte(at) == .comma {
                at &+= 1
            } else {
                return try payload.take(.closingBrace, &at)
            }
        }
    }

    private func item(_ form: ReadingJSON.Form, start: Int) -> WireItem {
        if let fault { return .refused(fault.reason, at: fault.at) }
        if !has(.time) { return .refused(.timeMissing, at: start) }
        if !has(.value) { return .refused(.valueMissing, at: start) }
        if form == .batch, !has(.sensor) { return .refused(.sensorMissing, at: start) }
        return .reading(reading)
    }

    private func has(_ key: ReadingKey) -> Bool { seen & key.rawValue != 0 }

    private mutating func note(_ key: ReadingKey, _ at: Int) {
        if has(key) { refuse(.duplicateKey, at) }
        seen |= key.rawValue
    }

    private mutating func refuse(_ reason: WireFault, _ at: Int) {
        if fault == nil { fault = (reason, at) }
    }
}

extension ReadingElement {
    private mutating func takeTime(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let start = at
        var nanoseconds: Int64?
        var reason = WireFault.timeUnreadable
        if let number = PlainNumber(payload, &at) {
            nanoseconds = number.millionfold
            reason = .timeOutOfRange
        } else if let number = try DecimalNumber(payload, &at) {
            nanoseconds = number.scaled(byPowerOfTen: 6)
            reason = .timeOutOfRange
        } else if payload.byte(at) == .quote {
            nanoseconds = RFC3339.parse(payload, try payload.string(&at).text)?.nanoseconds
        } else {
            try payload.skipValue(&at)
        }
        guard let nanoseconds else { return refuse(reason, start) }
        guard Self.possibleTimes ~= nanoseconds else { return refuse(.timeOutOfRange, start) }
        reading.sourceTime = Timestamp(nanoseconds: nanoseconds)
    }

    /// From the first nanosecond of the year 2000 to the last of the year 2100.
    private static var possibleTimes: Range<Int64> {
        946_684_800_000_000_000..<4_133_980_800_000_000_000
    }

    private mutating func takeValue(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let start = at
        if let number = PlainNumber(payload, &at) {
            reading.value = number.nearestDouble
        } else if let number = try DecimalNumber(payload, &at) {
            guard let value = number.nearestDouble(in: payload) else {
                return refuse(.valueTooLong, start)
            }
            if !value.isFinite {
                reading.quality = .nonFinite
            } else if value == Self.sentinel {
                reading.quality = .sentinel
            } else {
                reading.value = value
            }
        } else if payload.skipWord("null", &at) {
            reading.quality = .null
        } else if payload.skipNonFinite(&at) {
            reading.quality = .nonFinite
        } else {
            try payload.skipValue(&at)
            refuse(.valueWrong, start)
        }
    }

    /// What KJ systems send for "no value".
    private static var sentinel: Double { -999_999 }

    private mutating func takeSequence(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let start = at
        if let number = PlainNumber(payload, &at) {
            guard number.decimals == 0 else { return refuse(.sequenceWrong, start) }
            reading.sequence = number.digits
        } else if let number = try DecimalNumber(payload, &at) {
            guard let sequence = number.wholeNumber(in: payload) else {
                return refuse(.sequenceWrong, start)
            }
            reading.sequence = sequence
        } else if !payload.skipWord("null", &at) {
            try payload.skipValue(&at)
            refuse(.sequenceWrong, start)
        }
    }

    private mutating func takeBoot(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let start = at
        if payload.byte(at) == .quote {
            reading.boot = payload.hash(try payload.string(&at).text)
        } else if let number = try DecimalNumber(payload, &at) {
            reading.boot = payload.hash(number.text)
        } else if !payload.skipWord("null", &at) {
            try payload.skipValue(&at)
            refuse(.bootWrong, start)
        }
    }

    private mutating func takeSensor(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let start = at
        guard payload.byte(at) == .quote else {
            try payload.skipValue(&at)
            return refuse(.sensorWrong, start)
        }
        let name = try payload.string(&at)
        guard !name.isEscaped, !name.text.isEmpty else { return refuse(.sensorWrong, start) }
        reading.sensorName = name.text
    }
}

extension Span<UInt8> {
    /// Takes NaN or an infinity as the common encoders write them, and says whether one stood
    /// there.
    fileprivate func skipNonFinite(_ at: inout Int) -> Bool {
        var next = at
        if byte(next) == UInt8(ascii: "-") || byte(next) == UInt8(ascii: "+") { next &+= 1 }
        guard
            skipWord("nan", &next, ignoringCase: true)
                || skipWord("infinity", &next, ignoringCase: true)
                || skipWord("inf", &next, ignoringCase: true)
        else { return false }
        at = next
        return true
    }

    /// FNV-1a, 64 bits, of the bytes of `range`.
    ///
    /// Source: G. Fowler, L. Noll, K. Vo, draft-eastlake-fnv.
    fileprivate func hash(_ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in range {
            hash = (hash ^ UInt64(self[index])) &* 0x100_0000_01b3
        }
        return hash
    }
}
