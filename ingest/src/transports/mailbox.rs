//! A mailbox that is read over IMAP: each mail's files are stored, then it is marked as seen or moved.
//!
//! The cursor is the last mail that the log has, as the mailbox numbers them (UIDVALIDITY and UID). A
//! crash between the log and the cursor makes a mail come again, and the same bytes add nothing.

mod dial;
mod parts;

use super::backoff::Backoff;
use super::line::Line;
use super::websocket::Ended;
use dial::Inside;
use futures_util::StreamExt as _;
use sealane_data::feed::Mailbox;
use std::fmt;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long an answer to a command may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a whole mail may take.
const LONG: Duration = Duration::from_mins(10);
/// Bytes that the server may send beside a mail.
const BESIDE: u64 = 16 << 20;
/// The longest wait in one go: servers log out who tells nothing for half an hour.
const LONGEST_WAIT: Duration = Duration::from_mins(20);

/// Reads a mailbox again and again.
pub(super) async fn run(line: &Line, mailbox: &Mailbox, stop: &CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let ended = tokio::select! {
            ended = attend(line, mailbox, &mut backoff, stop) => ended,
            () = stop.cancelled() => return,
        };
        tracing::warn!(feed = %line.feed().id, reason = ended.reason, trouble = ended.trouble, "mailbox is opened again");
        line.health().reconnect(ended.reason, ended.trouble);
        tokio::select! {
            () = tokio::time::sleep(backoff.wait()) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Logs in and looks until the connection ends.
async fn attend(line: &Line, mailbox: &Mailbox, backoff: &mut Backoff, stop: &CancellationToken) -> Ended {
    let mut inside = match dial::log_in(mailbox).await {
        Ok(inside) => inside,
        Err(ended) => return ended,
    };
    loop {
        if let Err(ended) = round(line, mailbox, &mut inside, stop).await {
            return ended;
        }
        backoff.good();
        inside = match inside.wait(mailbox.every.unsigned_abs().min(LONGEST_WAIT)).await {
            Ok(inside) => inside,
            Err(ended) => return ended,
        };
    }
}

/// The last mail that the log has, as the mailbox numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    validity: u32,
    last: u32,
}

impl Place {
    fn read(cursor: &str) -> Option<Self> {
        let (validity, last) = cursor.split_once(':')?;
        Some(Self { validity: validity.parse().ok()?, last: last.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.validity, self.last)
    }
}

/// Takes what is new, in the order it came.
///
/// A mailbox that is read for the first time, or numbered anew, gives what nobody has seen; from then on
/// every mail behind the last one is taken, also one that somebody has opened meanwhile.
async fn round(
    line: &Line,
    mailbox: &Mailbox,
    inside: &mut Inside,
    stop: &CancellationToken,
) -> Result<(), Ended> {
    inside.allow(BESIDE);
    let selected = dial::within(PATIENCE, inside.session.select(&mailbox.mailbox)).await?;
    let validity =
        selected.uid_validity.ok_or_else(|| Ended::new("imap", "the server does not number mails"))?;
    line.health().connected(line.now());
    let known = line.cursor().and_then(|c| Place::read(&c)).filter(|place| place.validity == validity);
    let last = known.map_or(0, |place| place.last);
    let query = known.map_or_else(|| "UNSEEN".to_owned(), |_| format!("UID {}:*", last.saturating_add(1)));
    let found = dial::within(PATIENCE, inside.session.uid_search(&query)).await?;
    // `*` is the last mail, also where that is the one before.
    let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > last).collect();
    uids.sort_unstable();
    let mut at = last;
    for uid in uids {
        let taken = take(line, mailbox, inside, uid, stop).await?;
        if matches!(taken, Taken::Stopped) {
            return Ok(());
        }
        at = uid;
        line.save_cursor(&Place { validity, last: at }.to_string());
        if matches!(taken, Taken::Stored) {
            finish(mailbox, inside, uid).await?;
        }
    }
    let before_next = selected.uid_next.map_or(0, |next| next.saturating_sub(1));
    if known.is_none() {
        line.save_cursor(&Place { validity, last: at.max(before_next) }.to_string());
    }
    Ok(())
}

/// What became of a mail.
enum Taken {
    /// The log has it.
    Stored,
    /// It stays as it is.
    Left,
    /// The feed stopped before the log had it.
    Stopped,
}

/// Takes a mail, unless it is from somebody else, too long or gone.
async fn take(
    line: &Line,
    mailbox: &Mailbox,
    inside: &mut Inside,
    uid: u32,
    stop: &CancellationToken,
) -> Result<Taken, Ended> {
    let Some(head) = inside.head(uid).await? else { return Ok(Taken::Left) };
    if !welcome(mailbox, &head.from) {
        line.health().refused("stranger");
        return Ok(Taken::Left);
    }
    let told = || {
        line.health().refused("too_long");
        let (size, most) = (head.size, mailbox.max_mail);
        line.health()
            .trouble(format!("mail {uid} has {size} bytes, more than {most}: it is left where it is"));
    };
    if head.size > mailbox.max_mail {
        told();
        return Ok(Taken::Left);
    }
    inside.allow(u64::from(mailbox.max_mail) + BESIDE);
    let Some(mail) = inside.mail(uid).await? else { return Ok(Taken::Left) };
    if mail.len() > mailbox.max_mail as usize {
        told();
        return Ok(Taken::Left);
    }
    let at = line.now();
    line.health().frame(at, mail.len());
    let parts = parts::parts(mail);
    (0..parts.left).for_each(|_| line.health().refused("attachment"));
    for part in parts.taken {
        match line.store(part.bytes, &format!("{uid}/{}", part.name), at, stop).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                line.health().refused("refused");
                line.health().trouble(format!("mail {uid}: {error}"));
            }
            None => return Ok(Taken::Stopped),
        }
    }
    Ok(Taken::Stored)
}

/// Marks a mail that is stored, or moves it.
async fn finish(mailbox: &Mailbox, inside: &mut Inside, uid: u32) -> Result<(), Ended> {
    if let Some(done) = &mailbox.done {
        return dial::within(PATIENCE, inside.session.uid_mv(uid.to_string(), done)).await;
    }
    let flagging = async {
        let flagged = inside.session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)").await?;
        let mut flagged = std::pin::pin!(flagged);
        while let Some(one) = flagged.next().await {
            one?;
        }
        Ok(())
    };
    dial::within(PATIENCE, flagging).await
}

/// Returns whether a mail may come from these addresses: all of them must be allowed.
fn welcome(mailbox: &Mailbox, from: &[String]) -> bool {
    let allowed = |address: &String| {
        mailbox.from.iter().any(|f| match f.strip_prefix('@') {
            Some(domain) => address.rsplit_once('@').is_some_and(|(_, d)| d.eq_ignore_ascii_case(domain)),
            None => address.eq_ignore_ascii_case(f),
        })
    };
    mailbox.from.is_empty() || !from.is_empty() && from.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_other_cursors_are_none() {
        let place = Place { validity: 7, last: 4_294_967_295 };
        assert_eq!(Place::read(&place.to_string()), Some(place));
        assert!(
            ["", "7", "7:", "7:x", "7:4294967296", "2026-05-01"].iter().all(|c| Place::read(c).is_none())
        );
    }

    #[test]
    fn addresses_and_domains_may_send_and_nobody_else() {
        let mailbox = |from: &[&str]| Mailbox {
            server: "localhost".to_owned(),
            user: "u".to_owned(),
            secret: sealane_data::feed::Secret::Env("S".to_owned()),
            mailbox: "INBOX".to_owned(),
            from: from.iter().map(|f| (*f).into()).collect(),
            done: None,
            max_mail: 1,
            every: jiff::SignedDuration::from_secs(1),
            ca: None,
            plain: false,
        };
        let may = |allowed: &[&str], from: &[&str]| {
            welcome(&mailbox(allowed), &from.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>())
        };
        assert!(may(&[], &["x@y"]) && may(&[], &[]));
        assert!(
            may(&["edi@port.example"], &["EDI@Port.example"]) && may(&["@port.example"], &["a@port.example"])
        );
        assert!(
            !may(&["@port.example"], &["a@sub.port.example"])
                && !may(&["@port.example"], &["a@evilport.example"])
        );
        assert!(!may(&["a@b"], &[]) && !may(&["a@b"], &["a@b", "c@d"]), "nobody, and one more");
    }
}
