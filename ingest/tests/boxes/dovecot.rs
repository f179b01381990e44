//! A real mail server: Dovecot on ports of its own, with TLS, and mailboxes in files.

use super::clients::free;
use super::log::{PATIENCE, until};
use async_imap::Session;
use futures_util::TryStreamExt as _;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::net::TcpStream;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "open \"sesame\" \\";

/// A mail server.
pub(crate) struct Dovecot {
    /// Where its files are.
    pub(crate) home: tempfile::TempDir,
    plain: SocketAddr,
    encrypted: SocketAddr,
    child: Option<Child>,
}

fn run(program: &str, arguments: &[&str], dir: &Path) -> String {
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Dovecot {
    /// Starts one; it answers when this returns.
    pub(crate) async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        std::fs::write(dir.join("password"), PASSWORD).unwrap();
        std::fs::create_dir_all(dir.join("mail/cur")).unwrap();
        let (plain, encrypted) = (free(), free());
        certificates(dir, encrypted.ip());
        std::fs::write(dir.join("dovecot.conf"), settings(dir, plain, encrypted)).unwrap();
        if run("id", &["-u"], dir) == "0" {
            // Dovecot does not read mail as root.
            run("chmod", &["755", "."], dir);
            run("chown", &["-R", "dovecot", "mail"], dir);
        }
        let mut server = Self { home, plain, encrypted, child: None };
        server.begin().await;
        server
    }

    /// Starts it again where it was.
    pub(crate) async fn begin(&mut self) {
        let conf = self.home.path().join("dovecot.conf");
        let mut command = Command::new("dovecot");
        command.env("PATH", "/usr/sbin:/usr/bin:/bin").arg("-F").arg("-c").arg(conf);
        self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let greets = async {
            while self.try_log_in().await.is_none() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, greets).await.is_err() {
            panic!("{}", std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default());
        }
    }

    /// Ends it, with everybody's connections.
    pub(crate) async fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
        let plain = self.plain;
        until("the mail server is gone", || std::net::TcpStream::connect(plain).is_err()).await;
    }

    /// Returns the transport of a feed that reads it over TLS.
    pub(crate) fn transport(&self, more: &str) -> String {
        let dir = self.home.path().display();
        format!(
            "kind = \"mailbox\"\nserver = \"{}\"\nuser = \"acme\"\nsecret = {{ file = \"{dir}/password\" }}\n\
             ca = \"{dir}/ca.pem\"\n{more}",
            self.encrypted
        )
    }

    /// Returns the transport of a feed that reads it without TLS.
    pub(crate) fn plain(&self, more: &str) -> String {
        let dir = self.home.path().display();
        format!(
            "kind = \"mailbox\"\nserver = \"{}\"\nuser = \"acme\"\nsecret = {{ file = \"{dir}/password\" }}\n\
             plain = true\n{more}",
            self.plain
        )
    }

    async fn try_log_in(&self) -> Option<Session<TcpStream>> {
        let mut client = async_imap::Client::new(TcpStream::connect(self.plain).await.ok()?);
        client.read_response().await.ok()??;
        client.login("acme", PASSWORD).await.ok()
    }

    /// Logs in as the owner of the mailbox.
    pub(crate) async fn log_in(&self) -> Session<TcpStream> {
        self.try_log_in().await.expect("the owner may come in")
    }

    /// Delivers a mail.
    pub(crate) async fn deliver(&self, mailbox: &str, mail: &str) {
        self.log_in().await.append(mailbox, None, None, mail.as_bytes()).await.unwrap();
    }

    /// Returns the mails of a mailbox: their subjects, and whether somebody saw them.
    pub(crate) async fn mails(&self, mailbox: &str) -> Vec<(String, bool)> {
        let mut session = self.log_in().await;
        if session.examine(mailbox).await.unwrap().exists == 0 {
            return Vec::new();
        }
        let found: Vec<_> =
            session.fetch("1:*", "(FLAGS ENVELOPE)").await.unwrap().try_collect().await.unwrap();
        let one = |fetch: &async_imap::types::Fetch| {
            let subject = fetch.envelope().unwrap().subject.clone().unwrap_or_default();
            let seen = fetch.flags().any(|f| f == async_imap::types::Flag::Seen);
            (String::from_utf8(subject.into_owned()).unwrap(), seen)
        };
        found.iter().map(one).collect()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

/// Makes an authority and a certificate of the server by it.
fn certificates(dir: &Path, address: std::net::IpAddr) {
    let authority = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority \
                     -keyout ca.key -out ca.pem";
    run("openssl", &authority.split_whitespace().collect::<Vec<_>>(), dir);
    let request = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=mail -keyout mail.key -out mail.csr";
    run("openssl", &request.split_whitespace().collect::<Vec<_>>(), dir);
    std::fs::write(dir.join("san"), format!("subjectAltName=IP:{address}")).unwrap();
    let sign =
        "x509 -req -days 2 -in mail.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile san -out mail.pem";
    run("openssl", &sign.split_whitespace().collect::<Vec<_>>(), dir);
}

fn settings(dir: &Path, plain: SocketAddr, encrypted: SocketAddr) -> String {
    let root = run("id", &["-u"], dir) == "0";
    let path = dir.display();
    let mut text = format!(
        "base_dir = {path}/run\nstate_dir = {path}/state\nlog_path = {path}/log\nprotocols = imap\n\
         disable_plaintext_auth = no\nfirst_valid_uid = 0\nfirst_valid_gid = 0\nmail_location = maildir:{path}/mail\nmail_home = {path}\n\
         ssl = yes\nssl_cert = <{path}/mail.pem\nssl_key = <{path}/mail.key\nauth_verbose = yes\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    address = {}\n    port = {}\n  }}\n\
         inet_listener imaps {{\n    address = {}\n    port = {}\n    ssl = yes\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\n\
         passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN {path}/users\n}}\n",
        plain.ip(),
        plain.port(),
        encrypted.ip(),
        encrypted.port(),
    );
    std::fs::write(dir.join("users"), format!("acme:{PASSWORD}::::::\n")).unwrap();
    let (user, group) = (run("id", &["-un"], dir), run("id", &["-gn"], dir));
    let owner = if root { ("dovecot", "dovecot") } else { (user.as_str(), group.as_str()) };
    let _ = writeln!(
        text,
        "userdb {{\n  driver = static\n  args = uid={} gid={} home={path}\n}}",
        owner.0, owner.1
    );
    if !root {
        let _ = writeln!(text, "default_login_user = {user}\ndefault_internal_user = {user}");
        let _ = writeln!(text, "default_internal_group = {group}");
    }
    text
}
