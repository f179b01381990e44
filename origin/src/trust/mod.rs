//! Trust that needs nobody: canonical JSON, detached signatures, a chain per certificate, a Merkle
//! tree per day, check codes.
//!
//! A signature says who wrote a document and that nothing in it was changed since. It does not say
//! that what the document says is true.

mod chain;
mod code;
mod jws;
mod keys;
mod merkle;
mod stamp;

pub use crate::canonical::canonical;
pub use chain::{Broken, FIRST_PREV, emitted, link, link_digest, verify_chain};
pub use code::{CODE_LENGTH, check_code, keyed, same_code};
pub use jws::{Flaw, Signed, Verdict, compact, detached, named, sign, verify};
pub use keys::{BadKey, Jwk, Jwks, KeyRing, Retired, SigningKey, TrustedKeys};
pub use merkle::{DayRoot, inclusion, leaf_hash, root, verify_inclusion};
pub use stamp::{NotStamped, Stamp, read_stamp, stamp_request, stamped_at};

pub(crate) use code::hmac_sha256;
