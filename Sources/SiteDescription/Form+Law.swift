import GasModel

extension Form where Value == String {
    /// Longest sentence, in bytes of UTF-8: it stands in advisories.
    private static var sentenceBytesMax: Int { 400 }

    /// What a law asks, in words: one line of any script.
    static var sentence: Form { line("sentence", bytesMax: sentenceBytesMax) }
}

extension Form where Value == LegalBasis {
    /// What something rests on, as a block of keys.
    static var basis: Form {
        Form { item, problems in
            guard var block = Block(item, title: "the basis", problems: problems) else {
                return nil
            }
            let instrument = block.required("instrument", .name)
            let edition = block.required("edition", .name)
            let article = block.required("article", .name)
            let verified = block.required("verified", Form<Verification>.choice("verification"))
            block.refuseUnknownKeys()
            guard let instrument, let edition, let article, let verified else { return nil }
            return LegalBasis(
                instrument: instrument.value, edition: edition.value, article: article.value,
                verified: verified.value)
        }
    }
}

extension Form where Value == LimitStep {
    /// A graver step, as a block of keys.
    static var step: Form {
        Form { item, problems in
            guard var block = Block(item, title: "the step", problems: problems) else {
                return nil
            }
            let at = block.required("at", .number)
            let comparison = block.optional(
                "operator", .choice("operator"), standard: LimitComparison.reached)
            let duty = block.required("duty", .sentence)
            let basis = block.optional("basis", .basis, standard: nil)
            block.refuseUnknownKeys()
            guard let at, let comparison, let duty else { return nil }
            return LimitStep(
                at: Limit(at.value, beyond: comparison.value == .exceeded), duty: duty.value,
                basis: basis?.value)
        }
    }
}

extension Form {
    /// A list with at least one value of the form `form`; every one that is refused is reported.
    static func each<Element>(_ form: Form<Element>) -> Form where Value == [Element] {
        Form { item, problems in
            guard let items = Form<[Item]>.items.read(item, problems) else { return nil }
            let values = items.map { form.read($0, problems) }
            return values.allSatisfy { $0 != nil } ? values.compactMap { $0 } : nil
        }
    }
}

extension Form where Value == [Item] {
    /// A list with at least one item, whatever that is.
    static var items: Form {
        Form { item, problems in
            switch item.content {
            case .list(let items) where !items.isEmpty: return items
            case .list:
                problems.add(item.position, "the list is empty", hint: "leave the key out instead")
            case .unusable: break
            default: problems.add(item.position, "expected a list, found \(item.kind)")
            }
            return nil
        }
    }
}

extension Form where Value == [PlaceKind] {
    /// Kinds of place, at least one.
    static var placeKinds: Form { each(.choice("kind of place")) }
}

extension Form where Value == [GasClass] {
    /// Gas classes, at least one.
    static var gasClasses: Form { each(.choice("gas class")) }
}
