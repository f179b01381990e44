//! The configuration blocks of `docs/feeds-boxes.md` are feeds that may run.

use sealane_data::feed::{Feed, Transport};
use sealane_data::places::Places;

#[test]
fn every_block_of_the_documentation_may_run() {
    let text = include_str!("../../../docs/feeds-boxes.md");
    let blocks: Vec<&str> = text.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    let feeds: Vec<Feed> =
        blocks.iter().map(|b| toml::from_str(b).unwrap_or_else(|e| panic!("{e}\n{b}"))).collect();
    for feed in &feeds {
        assert_eq!(feed.problems(&Places::embedded()), [""; 0], "{}", feed.id);
        if let Transport::Sftp(sftp) = &feed.transport {
            for key in &sftp.keys {
                russh::keys::PublicKey::from_openssh(key).unwrap();
            }
        }
    }
    assert!(feeds.iter().any(|f| matches!(f.transport, Transport::Sftp(_))));
    assert!(feeds.iter().any(|f| matches!(f.transport, Transport::Mailbox(_))));
}
