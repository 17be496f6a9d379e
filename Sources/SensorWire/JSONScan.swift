/// The bytes that mean something in JSON.
extension UInt8 {
    static var quote: UInt8 { UInt8(ascii: "\"") }
    static var backslash: UInt8 { UInt8(ascii: "\\") }
    static var colon: UInt8 { UInt8(ascii: ":") }
    static var comma: UInt8 { UInt8(ascii: ",") }
    static var brace: UInt8 { UInt8(ascii: "{") }
    static var closingBrace: UInt8 { UInt8(ascii: "}") }
    static var bracket: UInt8 { UInt8(ascii: "[") }
    static var closingBracket: UInt8 { UInt8(ascii: "]") }

    /// The value of a decimal digit; 10 or more for every other byte.
    var digitValue: UInt8 { self &- UInt8(ascii: "0") }
    /// The byte with ASCII letters in lower case; other bytes change too, but never into letters.
    var lowercased: UInt8 { self | 0x20 }
}

/// Steps over JSON text. Each takes the offset `at` where it begins and leaves it just after what
/// it read, or, when it throws, at the byte that could not be understood.
///
/// Arithmetic on offsets wraps because it can't overflow: they never pass `count`.
extension Span<UInt8> {
    /// The byte at `at`; 0, which JSON forbids everywhere, past the end.
    ///
    /// Unchecked, as `load` is: the comparison is the check, since no offset is negative.
    @inline(__always)
    func byte(_ at: Int) -> UInt8 { at < count ? unsafe self[unchecked: at] : 0 }

    /// The eight bytes from `at` on, the first one lowest; 0 past the end.
    @inline(__always)
    func word(_ at: Int) -> UInt64 {
        guard count &- at < 8 else { return load(at) }
        return lastWord(at)
    }

    @inline(never)
    private func lastWord(_ at: Int) -> UInt64 {
        guard at < count else { return 0 }
        if count >= 8 { return load(count &- 8) &>> ((8 &- (count &- at)) &* 8) }
        var word: UInt64 = 0
        for index in (at..<count).reversed() { word = word &<< 8 | UInt64(self[index]) }
        return word
    }

    @inline(__always)
    private func load(_ at: Int) -> UInt64 {
        // Every bit pattern is a UInt64; that eight bytes stand there was looked at before.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
    }

    /// Steps over white space. Compact payloads have none, so looking for it is all that is
    /// inlined.
    @inline(__always)
    func skipSpace(_ at: inout Int) {
        if byte(at) <= 0x20 { skipSomeSpace(&at) }
    }

    @inline(never)
    private func skipSomeSpace(_ at: inout Int) {
        while byte(at) <= 0x20 {
            switch byte(at) {
            case 0x20, 0x0A, 0x0D, 0x09: at &+= 1
            default: return
            }
        }
    }

    /// Takes `expected`, which must stand at `at`.
    func take(_ expected: UInt8, _ at: inout Int) throws(WireFault) {
        guard byte(at) == expected else { throw .syntax }
        at &+= 1
    }

    /// Takes `word` if it stands at `at`, and says whether it did.
    func skipWord(_ word: StaticString, _ at: inout Int, ignoringCase: Bool = false) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length <= count &- at else { return false }
        for index in 0..<length {
            let found = self[at &+ index]
            let wanted = unsafe word.utf8Start[index]
            guard found == wanted || (ignoringCase && found.lowercased == wanted) else {
                return false
            }
        }
        at &+= length
        return true
    }

    /// Takes a string: where its characters stand, and whether any of them is an escape.
    func string(_ at: inout Int) throws(WireFault) -> (text: Range<Int>, isEscaped: Bool) {
        try take(.quote, &at)
        let start = at
        var isEscaped = false
        while true {
            skipPlainCharacters(&at)
            if byte(at) == .quote { break }
            isEscaped = true
            try skipEscape(&at)
        }
        let text = unsafe Range(uncheckedBounds: (start, at))
        at &+= 1
        return (text, isEscaped)
    }

    private func skipPlainCharacters(_ at: inout Int) {
        var next = at
        while byte(next) >= 0x20, byte(next) != .quote, byte(next) != .backslash { next &+= 1 }
        at = next
    }

    private func skipEscape(_ at: inout Int) throws(WireFault) {
        try take(.backslash, &at)
        switch byte(at) {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at &+= 1
        case UInt8(ascii: "u"):
            at &+= 1
            for _ in 0..<4 {
                let digit = byte(at)
                let letter = digit.lowercased &- UInt8(ascii: "a")
                guard digit.digitValue < 10 || letter < 6 else { throw .syntax }
                at &+= 1
            }
        default:
            throw .syntax
        }
    }

    /// Takes a key and the colon after it.
    func key(_ at: inout Int) throws(WireFault) -> Range<Int> {
        let text = try string(&at).text
        skipSpace(&at)
        try take(.colon, &at)
        return text
    }

    /// Steps over any JSON value. Without recursion: what is open is a stack of bits.
    func skipValue(_ at: inout Int) throws(WireFault) {
        var open = OpenBrackets()
        repeat {
            skipSpace(&at)
            let first = byte(at)
            if first == .bracket || first == .brace {
                try open.push(isArray: first == .bracket)
                at &+= 1
                skipSpace(&at)
                if byte(at) != open.closing {
                    if !open.isArray { _ = try key(&at) }
                    continue
                }
            } else {
                try skipScalar(&at)
            }
            try closeBrackets(&open, &at)
        } while open.depth > 0
    }

    /// After a value: closes what ends here, up to the next comma, and takes that and a key.
    private func closeBrackets(_ open: inout OpenBrackets, _ at: inout Int) throws(WireFault) {
        while open.depth > 0 {
            skipSpace(&at)
            if byte(at) == .comma {
                at &+= 1
                skipSpace(&at)
                if !open.isArray { _ = try key(&at) }
                return
            }
            try take(open.closing, &at)
            open.pop()
        }
    }

    private func skipScalar(_ at: inout Int) throws(WireFault) {
        switch byte(at) {
        case .quote: _ = try string(&at)
        case UInt8(ascii: "t"): guard skipWord("true", &at) else { throw .syntax }
        case UInt8(ascii: "f"): guard skipWord("false", &at) else { throw .syntax }
        case UInt8(ascii: "n"): guard skipWord("null", &at) else { throw .syntax }
        default: guard try DecimalNumber(self, &at) != nil else { throw .syntax }
        }
    }
}

/// The brackets that are open around a value, as a stack of bits: the innermost is the lowest.
private struct OpenBrackets {
    private var arrays: UInt32 = 0
    private(set) var depth = 0

    var isArray: Bool { arrays & 1 == 1 }
    var closing: UInt8 { isArray ? .closingBracket : .closingBrace }

    mutating func push(isArray: Bool) throws(WireFault) {
        guard depth < ReadingJSON.depthMax else { throw .tooDeep }
        depth &+= 1
        arrays = arrays &<< 1 | (isArray ? 1 : 0)
    }

    mutating func pop() {
        depth &-= 1
        arrays &>>= 1
    }
}
