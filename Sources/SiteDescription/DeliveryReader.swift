import GasModel

/// Reads the further ways out for advisories.
struct DeliveryReader {
    private let problems: ProblemList
    private let checkSecret: SecretCheck

    /// Most outlets of one site: each has a thread of its own.
    private static let outletsMax = 32
    /// A webhook may take so long to answer, in seconds, where nothing is said.
    private static let webhookSeconds = 5.0
    /// A hook may take so long.
    private static let hookSeconds = 10.0
    private static let syslogPath = "/dev/log"
    private static let journaldPath = "/run/systemd/journal/socket"
    /// These names have the ways out that every daemon has.
    private static let taken = ["alert-log", "mqtt"]

    init(_ problems: ProblemList, _ checkSecret: @escaping SecretCheck) {
        self.problems = problems
        self.checkSecret = checkSecret
    }

    /// The keys of one outlet: all of them are asked for, whatever its kind is.
    private struct Keys {
        var url: Found<String>?
        var format: Found<WebhookTarget.Format>?
        var secretFile: Found<String>?
        var authorityFile: Found<String>?
        var timeout: Found<Double>?
        var directory: Found<String>?
        var command: Found<[String]>?
        var address: Found<NetworkAddress>?
        var transport: Found<Carrier>?
        var path: Found<String>?
    }

    private enum Carrier: String, CaseIterable { case udp, tcp }

    /// The outlets, in the order of the file.
    func outlets(_ items: [Item]) -> [OutletSettings] {
        var names = UniqueCodes(of: "outlet")
        if items.count > Self.outletsMax {
            problems.add(
                items[Self.outletsMax].position, "there are \(items.count) outlets",
                hint: "allowed: at most \(Self.outletsMax)")
        }
        return items.enumerated().compactMap { number, item in
            guard
                var block = Block(item, of: "outlet", number: number + 1, problems: problems)
            else { return nil }
            let kind = block.required("kind", Form<OutletSettings.Kind>.choice("kind of outlet"))
            let name = block.required("name", .code)
            let keys = keys(&block)
            if let kind { refuseForeign(&block, kind.value) }
            block.refuseUnknownKeys()
            if let name {
                names.insert(name, problems)
                if Self.taken.contains(name.value) {
                    problems.add(
                        name.position, "\(quoted(name.value)) is a way out that is always there",
                        hint: "give it another name")
                }
            }
            guard let kind, let name, let target = target(kind.value, keys, block) else {
                return nil
            }
            return OutletSettings(name: name.value, target: target)
        }
    }

    private func keys(_ block: inout Block) -> Keys {
        var keys = Keys()
        keys.url = block.optional("url", .url)
        keys.format = block.optional("format", Form<WebhookTarget.Format>.choice("format"))
        keys.secretFile = block.optional("secret-file", .path)
        keys.authorityFile = block.optional("ca-file", .path)
        keys.timeout = block.optional("timeout", .interval)
        keys.directory = block.optional("directory", .path)
        keys.command = block.optional("command", .command)
        keys.address = block.optional("address", .networkAddress)
        keys.transport = block.optional("transport", Form<Carrier>.choice("transport"))
        keys.path = block.optional("path", .path)
        return keys
    }

    private static func allowed(_ kind: OutletSettings.Kind) -> [String] {
        switch kind {
        case .webhook: ["url", "format", "secret-file", "ca-file", "timeout"]
        case .cap: ["directory"]
        case .hook: ["command", "timeout"]
        case .syslog: ["path", "address", "transport"]
        case .journald: ["path"]
        }
    }

    private func refuseForeign(_ block: inout Block, _ kind: OutletSettings.Kind) {
        let all = Set(OutletSettings.Kind.allCases.flatMap(Self.allowed))
        let allowed = Self.allowed(kind)
        for key in all.subtracting(allowed).sorted() {
            block.refuse(
                key, "a \(kind.rawValue) has no such key",
                hint: "allowed: kind, name, \(allowed.joined(separator: ", "))")
        }
    }

    private func target(
        _ kind: OutletSettings.Kind, _ keys: Keys, _ block: Block
    ) -> OutletSettings.Target? {
        switch kind {
        case .webhook: return webhook(keys, block)
        case .cap:
            guard let directory = required(keys.directory, "directory", block) else { return nil }
            return .cap(directory: directory)
        case .hook:
            guard let command = required(keys.command, "command", block) else { return nil }
            return .hook(
                command: command, answerSeconds: keys.timeout?.value ?? Self.hookSeconds)
        case .syslog: return syslog(keys, block)
        case .journald: return .journald(path: keys.path?.value ?? Self.journaldPath)
        }
    }

    private func webhook(_ keys: Keys, _ block: Block) -> OutletSettings.Target? {
        if let file = keys.secretFile, let wrong = checkSecret(file.value) {
            problems.add(file.position, "the secret cannot be used: \(wrong)")
        }
        if let file = keys.authorityFile, keys.url?.value.hasPrefix("http:") == true {
            problems.add(
                file.position, "\"ca-file\" is for a receiver of https",
                hint: "leave it out, or make the url https")
        }
        guard let url = required(keys.url, "url", block) else { return nil }
        return .webhook(
            WebhookTarget(
                url: url, format: keys.format?.value ?? .firedamp,
                secretFile: keys.secretFile?.value, authorityFile: keys.authorityFile?.value,
                timeoutSeconds: keys.timeout?.value ?? Self.webhookSeconds))
    }

    private func syslog(_ keys: Keys, _ block: Block) -> OutletSettings.Target? {
        if let path = keys.path, block.states("address") {
            problems.add(
                path.position, "syslog goes to a \"path\" or to an \"address\", not to both")
            return nil
        }
        guard let address = keys.address?.value else {
            if let transport = keys.transport, !block.states("address") {
                problems.add(
                    transport.position, "\"transport\" is of use only with an \"address\"",
                    hint: "leave it out")
            }
            if block.states("address") { return nil }
            return .syslog(.local(path: keys.path?.value ?? Self.syslogPath))
        }
        switch keys.transport?.value ?? .udp {
        case .udp: return .syslog(.udp(host: address.host, port: address.port))
        case .tcp: return .syslog(.tcp(host: address.host, port: address.port))
        }
    }

    private func required<Value>(_ value: Found<Value>?, _ key: String, _ block: Block) -> Value? {
        if value == nil, !block.states(key) { block.refuseLack(of: key) }
        return value?.value
    }
}
