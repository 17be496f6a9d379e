/// A host and a port, as in `log.mine.example:514`.
struct NetworkAddress: Equatable {
    /// Host name or address; an IPv6 address stands in brackets in the file, without them here.
    var host: String
    var port: UInt16

    /// `nil` when the text is none.
    init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), port > 0, !digits.hasPrefix("+") else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard Self.isHost(host) else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether it can be the name or the address of a host.
    static func isHost(_ text: some StringProtocol) -> Bool {
        1...253 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: ":"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension Form where Value == NetworkAddress {
    /// A host and a port.
    static var networkAddress: Form {
        Form(["type": "string", "pattern": "^.+:[0-9]{1,5}$"]) { item, problems in
            guard let text = text(of: item, "an address", problems) else { return nil }
            if let address = NetworkAddress(text) { return address }
            problems.add(
                item.position, "\(quoted(text)) is no host with a port",
                hint: "allowed: as in log.mine.example:514 or [::1]:514")
            return nil
        }
    }
}

extension Form where Value == String {
    private static var pathBytesMax: Int { 1024 }
    private static var urlBytesMax: Int { 2048 }

    /// An absolute path: a daemon's working directory is nobody's.
    static var path: Form {
        Form(["type": "string", "pattern": "^/"]) { item, problems in
            guard let text = line("path", bytesMax: pathBytesMax).read(item, problems) else {
                return nil
            }
            if text.hasPrefix("/") { return text }
            problems.add(
                item.position, "the path \(quoted(text)) does not begin with /",
                hint: "allowed: an absolute path")
            return nil
        }
    }

    /// Where a receiver of HTTP is.
    static var url: Form {
        Form(["type": "string", "pattern": "^https?://"]) { item, problems in
            guard let text = line("URL", bytesMax: urlBytesMax).read(item, problems) else {
                return nil
            }
            if let wrong = fault(ofURL: text) {
                problems.add(
                    item.position, "the URL \(quoted(text)) \(wrong)",
                    hint: "allowed: http://HOST[:PORT]/PATH or https://...")
                return nil
            }
            return text
        }
    }

    private static func fault(ofURL text: String) -> String? {
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: text.hasPrefix) else {
            return "begins with neither http:// nor https://"
        }
        guard text.utf8.allSatisfy({ 0x21..<0x7F ~= $0 }) else {
            return "holds a blank or something beyond ASCII"
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            return "holds a name or a password, which would be told wherever the URL is"
        }
        let isOrderly =
            NetworkAddress(authority) != nil
            || (NetworkAddress.isHost(authority) && !authority.contains(":"))
            || (authority.hasPrefix("[") && authority.hasSuffix("]")
                && NetworkAddress("\(authority):80") != nil)
        guard isOrderly else { return "names no host, or no port that there is" }
        return rest.contains("#") ? "holds a fragment, which no receiver gets" : nil
    }
}

extension Form where Value == [String] {
    /// Most words of a command.
    private static var wordsMax: Int { 64 }

    /// A program by its absolute path, and its arguments; no shell reads it.
    static var command: Form {
        Form([
            "type": "array", "items": ["type": .plainText], "minItems": .number(1),
            "maxItems": .number(Double(wordsMax)),
        ]) { item, problems in
            guard case .list(let items) = item.content else {
                if case .unusable = item.content { return nil }
                problems.add(
                    item.position, "expected a list of words, found \(item.kind)",
                    hint: "as in [/usr/local/bin/notify, --fast]; no shell reads it")
                return nil
            }
            guard 1...wordsMax ~= items.count else {
                problems.add(
                    item.position, "the command has \(items.count) words",
                    hint: "allowed: 1 to \(wordsMax)")
                return nil
            }
            let program = Form<String>.path.read(items[0], problems)
            let rest = items.dropFirst().map {
                Form<String>.line("argument", bytesMax: 4096).read($0, problems)
            }
            guard let program, rest.allSatisfy({ $0 != nil }) else { return nil }
            return [program] + rest.compactMap { $0 }
        }
    }
}
