import GasModel

extension Form where Value == String {
    /// The name under which somebody logs in on the daemon's machine, as useradd(8) allows it.
    static var login: Form {
        let pattern = "^[A-Za-z_][A-Za-z0-9_.-]{0,31}$"
        return Form(["type": "string", "pattern": .text(pattern)]) { item, problems in
            guard let text = text(of: item, "a login name", problems) else { return nil }
            if isLogin(text) { return text }
            problems.add(
                item.position, "\(quoted(text)) is no login name",
                hint: "allowed: 1 to 32 of A-Z a-z 0-9 . _ - with a letter or _ first")
            return nil
        }
    }

    private static func isLogin(_ text: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (65...90).contains(byte) || (97...122).contains(byte)
        }
        guard 1...32 ~= text.utf8.count, let first = text.utf8.first, isLetter(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-")
        }
    }
}

extension Form where Value == Set<Power> {
    /// What a person may do: a list of words; an empty one means nothing at all.
    static var powers: Form {
        let power = Form<Power>.choice("power")
        return Form(["type": "array", "items": power.schema, "uniqueItems": .bool(true)]) {
            item, problems in
            guard case .list(let items) = item.content else {
                if case .unusable = item.content { return nil }
                problems.add(
                    item.position, "expected a list of powers, found \(item.kind)",
                    hint: "as in [acknowledge, note]")
                return nil
            }
            var powers: Set<Power> = []
            for item in items {
                guard let word = power.read(item, problems) else { continue }
                guard powers.insert(word).inserted else {
                    problems.add(item.position, "the power \(quoted(word.rawValue)) is named twice")
                    continue
                }
            }
            return powers
        }
    }
}
