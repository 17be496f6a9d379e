import Glibc

/// A JSON number as it was written: `± digits x 10^exponent`, not yet rounded to anything.
struct DecimalNumber {
    /// The bytes it was read from.
    var text: Range<Int>
    var isNegative: Bool
    /// The leading significant digits, at most 19 of them.
    var digits: UInt64 = 0
    /// The power of ten that `digits` counts in; saturates far outside what any type can hold.
    var exponent = 0
    /// Whether `digits` and `exponent` are the whole number, or digits were left out after the 19th.
    var isComplete = true
    /// Whether it was written without a fraction and without an exponent.
    var isPlain = true

    /// Takes the number at `at`; `nil`, without moving, where none begins.
    init?(_ payload: Span<UInt8>, _ at: inout Int) throws(WireFault) {
        let start = at
        isNegative = payload.byte(at) == UInt8(ascii: "-")
        let first = isNegative ? at &+ 1 : at
        guard payload.byte(first).digitValue < 10 else { return nil }
        text = start..<start
        at = first
        takeDigits(payload, &at, isFraction: false)
        if payload.byte(first).digitValue == 0, at &- first > 1 {
            at = first &+ 1
            throw .syntax
        }
        if payload.byte(at) == UInt8(ascii: ".") {
            isPlain = false
            at &+= 1
            guard payload.byte(at).digitValue < 10 else { throw .syntax }
            takeDigits(payload, &at, isFraction: true)
        }
        if payload.byte(at).lowercased == UInt8(ascii: "e") {
            isPlain = false
            at &+= 1
            try takeExponent(payload, &at)
        }
        text = unsafe Range(uncheckedBounds: (start, at))
    }

    private mutating func takeDigits(_ payload: Span<UInt8>, _ at: inout Int, isFraction: Bool) {
        while true {
            let digit = payload.byte(at).digitValue
            guard digit < 10 else { return }
            if digits < 1_000_000_000_000_000_000 {
                digits = digits &* 10 &+ UInt64(digit)
                if isFraction { exponent &-= 1 }
            } else {
                isComplete = false
                if !isFraction { exponent &+= 1 }
            }
            at &+= 1
        }
    }

    private mutating func takeExponent(
        _ payload: Span<UInt8>, _ at: inout Int
    ) throws(WireFault) {
        let isDown = payload.byte(at) == UInt8(ascii: "-")
        if isDown || payload.byte(at) == UInt8(ascii: "+") { at &+= 1 }
        guard payload.byte(at).digitValue < 10 else { throw .syntax }
        var power = 0
        while payload.byte(at).digitValue < 10 {
            power = min(power &* 10 &+ Int(payload.byte(at).digitValue), 1_000_000)
            at &+= 1
        }
        exponent &+= isDown ? -power : power
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
        let length = text.count
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length &+ 1) {
            copy in
            for index in 0..<length {
                unsafe copy[index] = CChar(bitPattern: payload[text.lowerBound &+ index])
            }
            unsafe copy[length] = 0
            guard let start = copy.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>? = nil
            let value = unsafe strtod(start, &end)
            return unsafe end == start + length ? value : nil
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
