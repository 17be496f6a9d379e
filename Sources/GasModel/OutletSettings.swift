/// One further way out for advisories, as the site file describes it.
package struct OutletSettings: Sendable, Equatable {
    /// What the other end is.
    package enum Kind: String, Sendable, CaseIterable {
        /// A receiver that is posted to over HTTP.
        case webhook
        /// A directory that gets a file of CAP 1.2 for each message.
        case cap
        /// A program of the mine's own that is fed a document a line.
        case hook
        /// A receiver of syslog, RFC 5424.
        case syslog
        /// systemd's journal, in its native protocol.
        case journald
    }

    /// Where it leads, with what that kind wants to know.
    package enum Target: Sendable, Equatable {
        /// A receiver of HTTP.
        case webhook(WebhookTarget)
        /// The directory that files are put into.
        case cap(directory: String)
        /// Program and arguments, and how long it may take to answer a line, in seconds.
        case hook(command: [String], answerSeconds: Double)
        /// A receiver of syslog.
        case syslog(SyslogTarget)
        /// The path of the journal's socket.
        case journald(path: String)
    }

    /// Unique in the site: names its mark and its state.
    package var name: String
    /// Where it leads.
    package var target: Target

    /// An outlet with its name and where it leads.
    package init(name: String, target: Target) {
        self.name = name
        self.target = target
    }

    /// What the other end is.
    package var kind: Kind {
        switch target {
        case .webhook: .webhook
        case .cap: .cap
        case .hook: .hook
        case .syslog: .syslog
        case .journald: .journald
        }
    }

    /// What the other end is, and where, on one line.
    package var words: String {
        let place =
            switch target {
            case .webhook(let receiver): receiver.words
            case .cap(let directory): directory
            case .hook(let command, let seconds):
                command.map { $0.isEmpty || $0.contains(" ") ? $0.debugDescription : $0 }
                    .joined(separator: " ") + ", \(seconds) s"
            case .syslog(.local(let path)), .journald(let path): path
            case .syslog(.udp(let host, let port)): "udp \(host):\(port)"
            case .syslog(.tcp(let host, let port)): "tcp \(host):\(port)"
            }
        return "\(kind.rawValue) \(place)"
    }
}

/// A receiver that is posted to over HTTP.
package struct WebhookTarget: Sendable, Equatable {
    /// What a body looks like.
    package enum Format: String, Sendable, CaseIterable {
        /// The line of the journal.
        case firedamp
        /// The webhook payload of Prometheus' Alertmanager, version 4.
        case alertmanager
        /// CAP 1.2.
        case cap
    }

    /// Where it is: `http://` or `https://`.
    package var url: String
    /// What a body looks like.
    package var format: Format
    /// The file with the secret that bodies are signed with; `nil`: they are not.
    package var secretFile: String?
    /// The file with the authorities that an https receiver is held against; `nil`: the machine's.
    package var authorityFile: String?
    /// So long it may take to answer. Seconds.
    package var timeoutSeconds: Double

    /// A receiver with all that is known of it.
    package init(
        url: String, format: Format = .firedamp, secretFile: String? = nil,
        authorityFile: String? = nil, timeoutSeconds: Double = 5
    ) {
        self.url = url
        self.format = format
        self.secretFile = secretFile
        self.authorityFile = authorityFile
        self.timeoutSeconds = timeoutSeconds
    }

    /// Where it is and what it is sent, on one line.
    fileprivate var words: String {
        [
            url, format.rawValue, "\(timeoutSeconds) s", secretFile.map { "signed by \($0)" },
            authorityFile.map { "held against \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// Where syslog messages go.
package enum SyslogTarget: Sendable, Equatable {
    /// A datagram socket of this machine, by its path.
    case local(path: String)
    /// Another machine, a datagram for each message.
    case udp(host: String, port: UInt16)
    /// Another machine, over a connection, each message after its length (RFC 6587, 3.4.1).
    case tcp(host: String, port: UInt16)
}
