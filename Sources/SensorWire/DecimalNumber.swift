import Glibc

/// A JSON number as it was written: `± digits x 10^exponent`, not yet rounded to anything.
struct DecimalNumber {
    /// The bytes it was read from.
    let text: Range<Int>
    let isNegative: Bool
    /// The leading significant digits, at most 19 of them.
    let digits: UInt64
    /// The power of ten that `digits` counts in; saturates far outside what any type can hold.
    let exponent: Int
    /// Whether `digits` and `exponent` are the whole number, or digits were left out after the
    /// 19th.
    let isComplete: Bool
    /// Whether it was written without a fraction and without an exponent.
    let isPlain: Bool

    /// Takes the number at `at`; `nil`, without moving, where none begins.
    init?(_ payload: Span<UInt8>, _ at: inout Int) throws(WireFault) {
        let start = at
        var next = start  // a copy, which the optimiser keeps in a register
        defer { at = next }
        let isNegative = payload.byte(start) == UInt8(ascii: "-")
        if isNegative { next &+= 1 }
        let first = next
        guard payload.byte(first).digitValue < 10 else {
            next = start
            return nil
        }
        var digits: UInt64 = 0
        var exponent = payload.takeDigits(&next, &digits)
        var dropped = exponent
        let isWhole = next
        if payload.byte(first).digitValue == 0, next &- first > 1 {
            next = first &+ 1
            throw .syntax
        }
        if payload.byte(next) == UInt8(ascii: ".") {
            next &+= 1
            let point = next
            let inFraction = payload.takeDigits(&next, &digits)
            guard next > point else { throw .syntax }
            exponent &+= inFraction &- (next &- point)
            dropped &+= inFraction
        }
        if payload.byte(next).lowercased == UInt8(ascii: "e") {
            next &+= 1
            exponent &+= try payload.takeExponent(&next)
        }
        text = unsafe Range(uncheckedBounds: (start, next))
        self.isNegative = isNegative
        self.digits = digits
        self.exponent = exponent
        isComplete = dropped == 0
        isPlain = next == isWhole
    }
}

/// A number without sign and exponent, of few digits: nearly all that gateways send.
struct PlainNumber {
    /// All its digits, fewer than 10^15: exact as a `Double`.
    let digits: UInt64
    /// How many of them stand behind the decimal point, at most 7.
    let decimals: Int

    /// Takes the number at `at`, if it is one of up to 15 digits, up to 7 of them behind a point,
    /// and ends as the member of an object does; `nil`, without moving, where it is anything else,
    /// which is then `DecimalNumber`'s to say.
    ///
    /// Makes a decode a third cheaper than `DecimalNumber` alone.
    @inline(__always)
    init?(_ payload: Span<UInt8>, _ at: inout Int) {
        let first = payload.word(at)
        var (digits, count) = payload.leadingDigits(of: first)
        guard count > 0 else { return nil }
        // What ends the digits stands in the word that they were taken from.
        var end = first &>> (count &* 8)
        var next = at &+ count
        if count == 8 {
            let second = payload.word(next)
            let more = payload.leadingDigits(of: second)
            guard more.count < 8 else { return nil }
            digits = digits &* wholePowersOfTen[more.count] &+ more.number
            end = second &>> (more.count &* 8)
            next &+= more.count
        }
        // A zero that leads is for `DecimalNumber` to refuse.
        if UInt8(truncatingIfNeeded: first) == UInt8(ascii: "0"), next &- at > 1 { return nil }
        var decimals = 0
        if UInt8(truncatingIfNeeded: end) == UInt8(ascii: "."), count < 8 {
            let third = payload.word(next &+ 1)
            let fraction = payload.leadingDigits(of: third)
            guard fraction.count > 0, fraction.count < 8 else { return nil }
            decimals = fraction.count
            digits = digits &* wholePowersOfTen[decimals] &+ fraction.number
            end = third &>> (decimals &* 8)
            next &+= 1 &+ decimals
        }
        let isEnd =
            UInt8(truncatingIfNeeded: end) == .comma
            || UInt8(truncatingIfNeeded: end) == .closingBrace
        guard isEnd else { return nil }
        self.digits = digits
        self.decimals = decimals
        at = next
    }

    /// The nearest `Double`: what is exact, divided by an exact power of ten, is rounded once.
    @inline(__always)
    var nearestDouble: Double {
        decimals == 0 ? Double(digits) : Double(digits) / doublePowersOfTen[decimals]
    }

    /// The number times a million, without what is left behind the point; `nil` when it exceeds
    /// `Int64`.
    @inline(__always)
    var millionfold: Int64? {
        guard decimals <= 6 else { return Int64(digits / 10) }
        let unit = wholePowersOfTen[6 &- decimals]
        let (product, overflows) = digits.multipliedReportingOverflow(by: unit)
        return overflows ? nil : Int64(exactly: product)
    }
}

extension Span<UInt8> {
    /// Takes digits and appends them to `value` while that has fewer than 19. Returns how many it
    /// left out.
    @inline(__always)
    fileprivate func takeDigits(_ at: inout Int, _ value: inout UInt64) -> Int {
        // Up to eight at once, as long as the result has at most 19 digits: a time stamp has 13.
        while value < 100_000_000_000 {
            let (digits, count) = leadingDigits(of: word(at))
            value = value &* wholePowersOfTen[count] &+ digits
            at &+= count
            if count < 8 { return 0 }
        }
        return takeDigitsOneByOne(&at, &value)
    }

    @inline(never)
    private func takeDigitsOneByOne(_ at: inout Int, _ value: inout UInt64) -> Int {
        var leftOut = 0
        while true {
            let digit = byte(at).digitValue
            guard digit < 10 else { return leftOut }
            if value < 1_000_000_000_000_000_000 {
                value = value &* 10 &+ UInt64(digit)
            } else {
                leftOut &+= 1
            }
            at &+= 1
        }
    }

    /// The number that the digits make with which the eight characters of `word` begin, the first
    /// one lowest, and how many they are.
    ///
    /// Source: D. Lemire, "Quickly parsing eight digits", 2018: neighbours are joined in pairs, the
    /// pairs in fours, the fours in one. Fewer than eight are moved up, which puts zeros before
    /// them.
    @inline(__always)
    fileprivate func leadingDigits(of word: UInt64) -> (number: UInt64, count: Int) {
        let values = word ^ 0x3030_3030_3030_3030
        // A byte above 9 has a bit up here, or has one after six are added. What such a byte
        // carries over concerns only characters behind it.
        let beyondNine = (values | (values &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0
        let bits = beyondNine.trailingZeroBitCount & ~7
        guard bits > 0 else { return (0, 0) }
        let moved = values &<< (64 &- bits)
        let pairs = (moved &* 2561) &>> 8
        let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
        let number = ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
        return (number, bits &>> 3)
    }

    /// Takes the signed power of ten after an `e`.
    fileprivate func takeExponent(_ at: inout Int) throws(WireFault) -> Int {
        let isDown = byte(at) == UInt8(ascii: "-")
        if isDown || byte(at) == UInt8(ascii: "+") { at &+= 1 }
        guard byte(at).digitValue < 10 else { throw .syntax }
        var power = 0
        while byte(at).digitValue < 10 {
            power = min(power &* 10 &+ Int(byte(at).digitValue), 1_000_000)
            at &+= 1
        }
        return isDown ? 0 &- power : power
    }
}

extension DecimalNumber {
    /// The nearest `Double`, infinite where it is too large; `nil` when the number is longer than
    /// `ReadingJSON.numberBytesMax`.
    ///
    /// Source: W. Clinger, "How to Read Floating Point Numbers Accurately": digits and power of ten
    /// that are exact doubles need one rounding only, all others go to `strtod`.
    func nearestDouble(in payload: Span<UInt8>) -> Double? {
        guard text.count <= ReadingJSON.numberBytesMax else { return nil }
        guard isComplete, digits <= 1 << 53, -22...22 ~= exponent else {
            return strtodOnStack(payload)
        }
        let whole = isNegative ? -Double(digits) : Double(digits)
        return exponent < 0
            ? whole / doublePowersOfTen[0 &- exponent] : whole * doublePowersOfTen[exponent]
    }

    /// `strtod` wants a zero at the end, which the payload does not have. It reads the decimal
    /// point of the locale, which no Swift program sets and so stays "C"; were it set, the number
    /// would end early and be refused.
    private func strtodOnStack(_ payload: Span<UInt8>) -> Double? {
        // A constant capacity: any other is taken from the heap.
        let capacity = ReadingJSON.numberBytesMax &+ 1
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { copy in
            for index in 0..<text.count {
                unsafe copy[index] = CChar(bitPattern: payload[text.lowerBound &+ index])
            }
            unsafe copy[text.count] = 0
            guard let start = copy.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>? = nil
            let value = unsafe strtod(start, &end)
            return unsafe end == start + text.count ? value : nil
        }
    }

    /// The number as an unsigned whole number; `nil` unless it was written as one.
    func wholeNumber(in payload: Span<UInt8>) -> UInt64? {
        guard isPlain, !isNegative else { return nil }
        guard !isComplete else { return digits }
        guard exponent == 1 else { return nil }  // 20 digits: the last one was left out
        let (tens, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
        let last = UInt64(payload[text.upperBound &- 1].digitValue)
        let (whole, overflows) = tens.addingReportingOverflow(last)
        return isTooLarge || overflows ? nil : whole
    }

    /// The number times 10^`power`, without what is left behind the decimal point; `nil` when it
    /// is negative or exceeds `Int64`.
    func scaled(byPowerOfTen power: Int) -> Int64? {
        guard !isNegative || digits == 0 else { return nil }
        let shift = exponent &+ power
        guard shift >= 0 else {
            return shift < -19 ? 0 : Int64(exactly: digits / wholePowersOfTen[0 &- shift])
        }
        guard digits != 0 else { return 0 }
        guard shift <= 19 else { return nil }
        let (product, overflows) = digits.multipliedReportingOverflow(by: wholePowersOfTen[shift])
        return overflows ? nil : Int64(exactly: product)
    }
}

/// The powers of ten that a `Double` holds exactly.
private let doublePowersOfTen: InlineArray<23, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

/// The powers of ten that a `UInt64` holds.
private let wholePowersOfTen: InlineArray<20, UInt64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
    100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
    100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]
