internal import AdvisoryJournal
internal import Foundation

/// The file of the control socket: where it is, how it is made, who is at its other end.
enum ControlSocket {
    /// Name within a state directory.
    static let fileName = "control.sock"
    /// Connections that wait to be accepted.
    private static let backlog: Int32 = 16

    /// Listens at `directory`; readable and writable for user and group of the directory.
    ///
    /// A socket that nobody listens at, left behind by a daemon that was killed, is replaced; one
    /// that answers is not. Made under another name and moved into place, so that it is never there
    /// with other rights. **Errors:** `FileError` with the path.
    static func listen(in directory: String) throws(FileError) -> Int32 {
        let path = directory + "/" + fileName
        try refuseOccupied(path)
        let fresh = path + ".new"
        unsafe unlink(fresh)
        let handle = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard handle >= 0 else { throw FileError("make a socket for", path) }
        do throws(FileError) {
            guard unsafe call(bind, handle, fresh) else { throw FileError("bind", fresh) }
            var status = stat()
            guard unsafe stat(directory, &status) == 0 else { throw FileError("stat", directory) }
            // Where the group is ours already, as under systemd, nothing has to be given away.
            var made = stat()
            if unsafe lstat(fresh, &made) == 0, made.st_gid != status.st_gid {
                _ = unsafe lchown(fresh, .max, status.st_gid)
            }
            guard unsafe chmod(fresh, 0o660) == 0 else { throw FileError("chmod", fresh) }
            guard Glibc.listen(handle, backlog) == 0 else { throw FileError("listen at", fresh) }
            guard unsafe rename(fresh, path) == 0 else { throw FileError("rename", fresh) }
            return handle
        } catch {
            close(handle)
            unsafe unlink(fresh)
            throw error
        }
    }

    /// Connects to the socket in `directory`; blocks no longer than a full backlog does.
    static func connect(in directory: String) throws(FileError) -> Int32 {
        let path = directory + "/" + fileName
        let handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { throw FileError("make a socket for", path) }
        var second = timeval(tv_sec: 1, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &second, size)
        guard unsafe call(Glibc.connect, handle, path) else {
            let error = FileError("connect to", path)
            close(handle)
            throw error
        }
        return handle
    }

    /// The user at the other end of `handle`, as it was when it connected; `nil` where the kernel
    /// does not say.
    static func peer(of handle: Int32) -> ControlPeer? {
        // struct ucred: process, user, group.
        var credentials: [UInt32] = [0, 0, 0]
        var size = socklen_t(12)
        guard unsafe getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0,
            size == 12
        else { return nil }
        return ControlPeer(user: credentials[1], login: login(of: credentials[1]))
    }

    private static func login(of user: UInt32) -> String? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        guard unsafe getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0,
            let known = unsafe found, let name = unsafe known.pointee.pw_name
        else { return nil }
        return unsafe String(cString: name)
    }

    /// The ring's lock keeps a second daemon out long before; this is for what else may be there.
    private static func refuseOccupied(_ path: String) throws(FileError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            errno = EEXIST
            throw FileError("replace", path)
        }
        let handle = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(handle) }
        let isAlive = unsafe call(Glibc.connect, handle, path) || errno == EAGAIN
        guard isAlive else { return }
        errno = EADDRINUSE
        throw FileError("listen at", path)
    }

    /// bind(2) or connect(2) with the address that stands for `path`.
    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ handle: Int32,
        _ path: String
    ) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return false
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe function(handle, target, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
