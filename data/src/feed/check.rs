//! What is wrong with a feed's file, before it is used.

use super::{Feed, FeedId, Mailbox, Poll, Sftp, Socket, SocketKind, Transport, WebSocket};
use crate::places::Places;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

impl FeedId {
    /// Returns whether this can be a feed's id: 1 to 64 lower-case letters, digits and dashes.
    pub fn is_proper(&self) -> bool {
        crate::partner::PartyId(self.0.clone()).is_proper()
    }
}

impl Feed {
    /// Returns what is wrong with the feed, one sentence each; nothing if it may run.
    pub fn problems(&self, places: &Places) -> Vec<String> {
        let mut found = Vec::new();
        for (field, id) in [("id", &self.id.0), ("party", &self.party.0)] {
            if !FeedId(id.clone()).is_proper() {
                found.push(format!(
                    "`{field}` is `{id}`; it is 1 to 64 lower-case letters, digits and dashes"
                ));
            }
        }
        let unknown = self.nodes.iter().filter(|n| places.find(&n.0).is_none());
        found.extend(unknown.map(|n| format!("node `{n}` of `nodes` is unknown")));
        if self.bounds.frames == 0 || self.bounds.bytes == 0 {
            found.push("`bounds` must let something wait".to_owned());
        }
        self.expectation(&mut found);
        self.transport.problems(&mut found);
        found
    }

    fn expectation(&self, found: &mut Vec<String>) {
        let Some(expect) = &self.expect else { return };
        positive("every", expect.every, found);
        if let Some(zone) = expect.zone.as_ref().filter(|z| TimeZone::get(z).is_err()) {
            found.push(format!("`zone` is `{zone}`, which is no IANA zone"));
        }
        let wrong = expect.closed.iter().filter(|d| super::expect::weekday(d).is_none());
        found.extend(wrong.map(|d| format!("`closed` names `{d}`, which is no day of the week")));
    }
}

impl Transport {
    fn problems(&self, found: &mut Vec<String>) {
        match self {
            Self::Websocket(ws) => ws.problems(found),
            Self::Poll(poll) => poll.problems(found),
            Self::Tcp(socket) | Self::Udp(socket) if socket.end().is_none() => {
                found.push("a socket needs `connect` or `listen`, not both".to_owned());
            }
            Self::Tcp(socket) | Self::Udp(socket) if socket.is_open() => {
                found.push(
                    "whoever reaches `listen` speaks as the party: name the `peers` that may send".to_owned(),
                );
            }
            Self::Udp(socket) if socket.connect.is_some() => {
                found.push("`udp` can only `listen`".to_owned());
            }
            Self::Tcp(socket) | Self::Udp(socket) if socket.max_line == 0 => {
                found.push("`max_line` must be at least 1".to_owned());
            }
            Self::Sftp(sftp) => sftp.problems(found),
            Self::Mailbox(mailbox) => mailbox.problems(found),
            _ => {}
        }
    }
}

impl Socket {
    /// Whether it listens to other machines and lets anybody send.
    fn is_open(&self) -> bool {
        let public = matches!(self.end(), Some(SocketKind::Listen(at)) if !at.ip().is_loopback());
        public && self.peers.is_empty()
    }
}

impl WebSocket {
    fn problems(&self, found: &mut Vec<String>) {
        positive("ping", self.ping, found);
        address("ws", &self.url, self.plain, found);
        if self.max_message == 0 {
            found.push("`max_message` must be at least 1".to_owned());
        }
        let asks = |word: &str| self.subscribe.as_ref().is_some_and(|s| s.contains(word));
        if asks("{secret}") && self.secret.is_none() {
            found.push("`subscribe` asks for `{secret}`, and `secret` is not there".to_owned());
        }
        if self.cursor.as_ref().is_some_and(|p| !p.starts_with('/')) {
            found.push("`cursor` is a JSON pointer and begins with `/`".to_owned());
        }
        if self.proxy.as_ref().is_some_and(|p| !p.starts_with("http://")) {
            found.push("`proxy` begins with `http://`".to_owned());
        }
    }
}

impl Poll {
    fn problems(&self, found: &mut Vec<String>) {
        positive("every", self.every, found);
        address("http", &self.url, self.plain, found);
        let Some(cursor) = &self.cursor else { return };
        if cursor.pointer.is_none() == cursor.header.is_none() {
            found.push("`cursor` needs a `pointer` or a `header`, not both".to_owned());
        }
        if cursor.pointer.as_ref().is_some_and(|p| !p.starts_with('/')) {
            found.push("`cursor.pointer` begins with `/`".to_owned());
        }
    }
}

/// The kinds of public keys that can be told apart from a forged one here; RSA is not among them.
const KEYS: [&str; 4] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

impl Sftp {
    fn problems(&self, found: &mut Vec<String>) {
        if self.user.is_empty() || self.keys.is_empty() {
            found.push("`sftp` needs a `user` and at least one of its public `keys`".to_owned());
        }
        for key in &self.keys {
            let mut parts = key.split_whitespace();
            let kind = parts.next().unwrap_or_default();
            if !KEYS.contains(&kind) || parts.next().is_none() {
                let kinds = KEYS.join(", ");
                found.push(format!(
                    "`keys` holds a `{kind}`; each is a line of `authorized_keys` without options: {kinds}"
                ));
            }
        }
        if self.max_file == 0 || self.max_waiting < self.max_file {
            found.push(
                "`max_waiting` must have room for one file of `max_file`, which is at least 1".to_owned(),
            );
        }
    }
}

impl Mailbox {
    fn problems(&self, found: &mut Vec<String>) {
        positive("every", self.every, found);
        let Some((host, _)) = self.address() else {
            return found.push(format!("`server` is `{}`; it is `host` or `host:port`", self.server));
        };
        if self.plain && !is_local(&host) {
            found.push("`plain` is only for a mail server on this machine".to_owned());
        }
        if self.max_mail == 0 {
            found.push("`max_mail` must be at least 1".to_owned());
        }
        let wrong = self.from.iter().filter(|f| !f.contains('@') || f.contains(char::is_whitespace));
        found
            .extend(wrong.map(|f| format!("`from` names `{f}`; it is `name@example.com` or `@example.com`")));
        let texts =
            [("user", Some(&self.user)), ("mailbox", Some(&self.mailbox)), ("done", self.done.as_ref())];
        for (field, text) in texts.into_iter().filter_map(|(field, text)| Some((field, text?))) {
            if text.is_empty() || text.contains(char::is_control) {
                found.push(format!("`{field}` is empty or holds what cannot be typed"));
            }
        }
    }

    /// Returns the server's host and port; nothing if `server` does not tell them.
    pub fn address(&self) -> Option<(String, u16)> {
        let usual = if self.plain { 143 } else { 993 };
        let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (host, port) = match self.server.rsplit_once(':') {
            // An address of IPv6 without a port ends in a bracket, or has no bracket at all.
            Some((before, _))
                if self.server.ends_with(']') || before.contains(':') && !before.ends_with(']') =>
            {
                (self.server.as_str(), usual)
            }
            Some((host, port)) => (host, port.parse().ok()?),
            None => (self.server.as_str(), usual),
        };
        (!host.is_empty()).then(|| (bare(host), port))
    }
}

fn positive(field: &str, duration: SignedDuration, found: &mut Vec<String>) {
    if !duration.is_positive() {
        found.push(format!("`{field}` must be longer than nothing"));
    }
}

/// What is not encrypted stays on this machine, unless the operator says otherwise.
fn address(scheme: &str, url: &str, plain: bool, found: &mut Vec<String>) {
    let Some(rest) = url.strip_prefix(&format!("{scheme}://")) else {
        if !url.starts_with(&format!("{scheme}s://")) {
            found.push(format!("`url` begins with `{scheme}s://`"));
        }
        return;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if !plain && !is_local(host) {
        found.push(format!("`url` is not encrypted; use `{scheme}s://`, or say `plain = true`"));
    }
    if authority.contains('@') {
        found.push("`url` holds a password; secrets come from `auth`".to_owned());
    }
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        toml::from_str::<Feed>(text).unwrap().problems(&Places::embedded())
    }

    #[test]
    fn what_cannot_run_is_told_in_sentences() {
        let ws = |more: &str| {
            problems(&format!("id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"websocket\"\n{more}"))
        };
        assert_eq!(ws("url = \"wss://example.test/stream\""), [""; 0]);
        assert_eq!(ws("url = \"ws://127.0.0.1:9/x\""), [""; 0]);
        assert_eq!(ws("url = \"ws://[::1]:9/x\""), [""; 0]);
        assert!(ws("url = \"ws://example.test\"")[0].contains("not encrypted"));
        assert!(ws("url = \"wss://u:p@example.test\"").is_empty(), "an encrypted address is the operator's");
        assert!(ws("url = \"https://example.test\"")[0].contains("wss://"));
        let asks = "url = \"wss://e.test\"\nsubscribe = \"{\\\"k\\\":\\\"{secret}\\\"}\"";
        assert!(ws(asks)[0].contains("{secret}"));
        let node = "id = \"A b\"\nparty = \"b\"\nnodes = [\"XX-NOWHERE\"]\n[transport]\nkind = \"push\"";
        assert_eq!(problems(node).len(), 2);
        let udp = "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"udp\"\nconnect = \"h:1\"";
        assert!(problems(udp)[0].contains("listen"));
    }

    #[test]
    fn a_drop_box_wants_keys_it_can_check() {
        let sftp = |more: &str| {
            problems(&format!(
                "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"sftp\"\nlisten = \"127.0.0.1:22\"\n{more}"
            ))
        };
        assert_eq!(sftp("user = \"u\"\nkeys = [\"ssh-ed25519 AAAA me\"]"), [""; 0]);
        assert!(sftp("user = \"u\"\nkeys = []")[0].contains("at least one"));
        assert!(sftp("user = \"u\"\nkeys = [\"ssh-rsa AAAA\"]")[0].contains("`ssh-rsa`"));
        assert!(sftp("user = \"u\"\nkeys = [\"command=x ssh-ed25519 AAAA\"]")[0].contains("without options"));
        assert!(sftp("user = \"u\"\nkeys = [\"ssh-ed25519 A\"]\nmax_waiting = 5")[0].contains("room"));
    }

    #[test]
    fn a_mailbox_wants_a_server_and_addresses() {
        let mailbox = |more: &str| {
            let text = "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"mailbox\"\nuser = \"u\"\nsecret = { env = \"S\" }";
            problems(&format!("{text}\n{more}"))
        };
        for server in ["imap.example.com", "imap.example.com:993", "10.0.0.1"] {
            assert_eq!(mailbox(&format!("server = \"{server}\"")), [""; 0]);
            assert!(mailbox(&format!("server = \"{server}\"\nplain = true"))[0].contains("plain"));
        }
        for server in ["localhost", "127.0.0.1:10143", "::1", "[::1]", "[::1]:143"] {
            assert_eq!(mailbox(&format!("server = \"{server}\"\nplain = true")), [""; 0], "{server}");
        }
        assert!(mailbox("server = \"a:b\"")[0].contains("host:port"));
        assert!(mailbox("server = \"a\"\nfrom = [\"example.com\"]")[0].contains("@example.com"));
        assert!(mailbox("server = \"a\"\ndone = \"\"")[0].contains("`done`"));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let text = "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"poll\"\nurl = \"https://e.test\"\nevry = \"1m\"";
        assert!(toml::from_str::<Feed>(text).is_err());
    }

    #[test]
    fn a_socket_that_others_reach_names_who_may_send() {
        let tcp =
            |more: &str| problems(&format!("id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"tcp\"\n{more}"));
        assert_eq!(tcp("listen = \"127.0.0.1:9\""), [""; 0]);
        assert_eq!(tcp("listen = \"0.0.0.0:9\"\npeers = [\"192.0.2.7\"]"), [""; 0]);
        assert!(tcp("listen = \"0.0.0.0:9\"")[0].contains("peers"));
        assert!(tcp("max_line = 9")[0].contains("connect"));
        let slip =
            "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"tcp\"\nlisten = \"0.0.0.0:9\"\npeer = []";
        assert!(toml::from_str::<Feed>(slip).is_err(), "a misspelt `peers` opens nothing");
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = "id = \"a\"\nparty = \"b\"\n[transport]\nkind = \"poll\"\nurl = \"https://e.test\"\nevery = \"1m\"\nauth = { secret = { env = \"TOKEN\" } }";
        let feed: Feed = toml::from_str(text).unwrap();
        assert!(format!("{feed:?}").contains("environment variable `TOKEN`"));
    }
}
