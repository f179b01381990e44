//! Bulk intake: a file of any size is read in pieces and never held whole.

use super::job::{Answer, Done, Job, Task};
use super::reading::list;
use super::{Handle, answers, ids};
use sealane_data::answer::{AnswerStep, AnswerWay};
use sealane_data::partner::{Mode, PartyId};
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Content, Receipt, Sha256, Source, SubmissionId};
use sealane_ingest::{InterchangeSummary, Item, ReadContext};
use sealane_log::{CHUNK, CompressedChunk, EncodedMessage, LogError, MAX_OBSERVATIONS, Work};
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::ops::ControlFlow;
use std::path::Path;
use tokio::sync::oneshot;

/// Is told how many bytes have been read.
pub type Progress<'a> = dyn FnMut(u64) + 'a;

/// Chunks of raw bytes that one commit keeps.
const CHUNKS_A_COMMIT: usize = 16;

impl Handle {
    /// Takes in a file, in commits of at most 5,000 observations, and returns its receipt.
    ///
    /// The file is read three times: for its digest, so that the same bytes add nothing; to be kept; and
    /// for its messages. A file that changes meanwhile is refused.
    pub fn ingest_file(
        &self,
        party: &PartyId,
        path: &Path,
        name: &str,
        progress: &mut Progress<'_>,
    ) -> Result<Receipt, IntakeError> {
        let source = Source { transport: "file".into(), name: name.to_owned() };
        self.ingest(party, File::open(path).map_err(|e| disk(&e))?, source, progress)
    }

    /// Takes in a file that came by any transport.
    pub(crate) fn ingest(
        &self,
        party: &PartyId,
        mut file: File,
        source: Source,
        progress: &mut Progress<'_>,
    ) -> Result<Receipt, IntakeError> {
        let (sha256, length) = digest(&mut file).map_err(|e| disk(&e))?;
        file.rewind().map_err(|e| disk(&e))?;
        let now = jiff::Timestamp::now();
        let id = ids::submission(now).map_err(|e| IntakeError::Storage(e.to_string()))?;
        let mut feeder = Feeder {
            handle: self,
            party,
            id,
            at: now,
            pending: Vec::new(),
            weight: 0,
            interchanges: Vec::new(),
            waiting: None,
        };
        if let Some(receipt) = feeder.begin(source, sha256)? {
            progress(length);
            self.answer_again(&receipt)?;
            return Ok(receipt);
        }
        if feeder.keep(&mut file)? != sha256 {
            return Err(IntakeError::Storage("file changed while it was read".to_owned()));
        }
        file.rewind().map_err(|e| disk(&e))?;
        let tally = feeder.read(file, progress)?;
        feeder.finish(sha256, length, tally)
    }
}

impl Handle {
    /// Puts the answer to a file that came before where its sender looks, once more.
    fn answer_again(&self, receipt: &Receipt) -> Result<(), IntakeError> {
        if receipt.acknowledgement.is_none() {
            return Ok(());
        }
        let submission = SubmissionId(receipt.id.clone());
        let again = Work::Answer { submission, at: jiff::Timestamp::now(), step: AnswerStep::Repeat };
        self.ask_blocking(Task::Work(vec![again])).map(|_| ())
    }
}

fn disk(error: &io::Error) -> IntakeError {
    IntakeError::Storage(format!("file could not be read: {error}"))
}

fn stored(error: &LogError) -> IntakeError {
    IntakeError::Storage(error.to_string())
}

fn digest(file: &mut File) -> io::Result<(Sha256, u64)> {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0_u8; CHUNK];
    let mut length = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((Sha256(hasher.finalize().into()), length));
        }
        hasher.update(&buffer[..n]);
        length += n as u64;
    }
}

/// One file on its way to the writer.
struct Feeder<'a> {
    handle: &'a Handle,
    party: &'a PartyId,
    id: SubmissionId,
    at: jiff::Timestamp,
    pending: Vec<Work>,
    weight: usize,
    interchanges: Vec<InterchangeSummary>,
    waiting: Option<oneshot::Receiver<Answer>>,
}

impl Feeder<'_> {
    /// Opens the submission; returns the earlier receipt if these bytes were here before.
    fn begin(&mut self, source: Source, sha256: Sha256) -> Result<Option<Receipt>, IntakeError> {
        self.pending.push(Work::Begin {
            id: self.id.clone(),
            party: self.party.clone(),
            source,
            content: Content::Feed,
            received: self.at,
            idempotency_key: None,
            sha256: Some(sha256),
        });
        self.send()?;
        Ok(match self.settle()? {
            Some(Done::Receipt(receipt)) => Some(*receipt),
            _ => None,
        })
    }

    /// Keeps the bytes as they are and returns their digest.
    fn keep(&mut self, file: &mut File) -> Result<Sha256, IntakeError> {
        use sha2::Digest as _;
        let mut hasher = sha2::Sha256::new();
        for index in 0.. {
            let mut bytes = Vec::with_capacity(CHUNK);
            let n = file.take(CHUNK as u64).read_to_end(&mut bytes).map_err(|e| disk(&e))?;
            if n == 0 {
                break;
            }
            hasher.update(&bytes);
            let bytes = CompressedChunk::compress(&bytes).map_err(|e| stored(&e))?;
            self.add(
                Work::Chunk { submission: self.id.clone(), index, bytes },
                MAX_OBSERVATIONS / CHUNKS_A_COMMIT,
            )?;
        }
        Ok(Sha256(hasher.finalize().into()))
    }

    /// Reads the messages and returns what the receipt says of them.
    fn read(&mut self, file: File, progress: &mut Progress<'_>) -> Result<Receipt, IntakeError> {
        let partner = self.handle.partner(self.party, self.at);
        if partner.mode == Mode::Held {
            return Ok(Receipt { held: true, ..Receipt::default() });
        }
        let context = ReadContext { partner: &partner, wants_ack: false };
        let mut tally = Receipt::default();
        let mut failed = None;
        let counted = Counted { inner: file, told: progress, read: 0 };
        sealane_ingest::read_stream(counted, context, &mut |item| match self.item(item, &mut tally) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        })
        .map_err(|e| disk(&e))?;
        (tally.acknowledgement, tally.unasked) =
            sealane_ingest::acknowledgements(&self.interchanges, context);
        failed.map_or(Ok(tally), Err)
    }

    fn item(&mut self, item: Item, tally: &mut Receipt) -> Result<(), IntakeError> {
        match item {
            Item::Message(message) => {
                tally.messages += 1;
                tally.tests += u64::from(message.test);
                list(tally, &message.family, &message.findings);
                let weight = message.observations.len();
                let message = EncodedMessage::encode(message).map_err(|e| stored(&e))?;
                let work = Work::Message {
                    submission: self.id.clone(),
                    at: self.at,
                    party: self.party.clone(),
                    message,
                };
                self.add(work, weight)
            }
            Item::Finding(finding) => {
                list(tally, "", &[finding]);
                Ok(())
            }
            Item::Interchange(interchange) => {
                let mark = interchange.mark();
                self.interchanges.push(interchange);
                let (submission, party) = (self.id.clone(), self.party.clone());
                mark.map_or(Ok(()), |mark| self.add(Work::Interchange { submission, party, mark }, 0))
            }
        }
    }

    /// Adds work and sends what has gathered before it grows past one commit.
    fn add(&mut self, work: Work, weight: usize) -> Result<(), IntakeError> {
        if !self.pending.is_empty() && self.weight + weight > MAX_OBSERVATIONS {
            self.send()?;
        }
        self.weight += weight;
        self.pending.push(work);
        Ok(())
    }

    /// Hands what has gathered to the writer, one commit ahead of its answer.
    fn send(&mut self) -> Result<(), IntakeError> {
        self.handle.room.check(0)?;
        let (job, answer) = Job::new(Task::Work(std::mem::take(&mut self.pending)));
        self.weight = 0;
        self.handle.queue.push_bulk(job).map_err(|_| IntakeError::Busy)?;
        self.settle()?;
        self.waiting = Some(answer);
        Ok(())
    }

    /// Waits for the answer of the commit before.
    fn settle(&mut self) -> Result<Option<Done>, IntakeError> {
        let Some(waiting) = self.waiting.take() else { return Ok(None) };
        let stopped = |_| IntakeError::Storage("the writer has stopped".to_owned());
        waiting.blocking_recv().map_err(stopped)?.map(Some)
    }

    fn finish(mut self, sha256: Sha256, length: u64, receipt: Receipt) -> Result<Receipt, IntakeError> {
        let due = answers::due(&self.id, &receipt, AnswerWay::Folder, self.at);
        self.pending.push(Work::Finish { submission: self.id.clone(), sha256, length, receipt });
        self.pending.extend(due);
        self.send()?;
        match self.settle()? {
            Some(Done::Receipt(receipt)) => Ok(*receipt),
            _ => Err(IntakeError::Storage("file ended without a receipt".to_owned())),
        }
    }
}

/// Counts what is read.
struct Counted<'a, 'b> {
    inner: File,
    told: &'a mut Progress<'b>,
    read: u64,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read += n as u64;
        (self.told)(self.read);
        Ok(n)
    }
}
