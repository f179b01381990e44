//! The Merkle tree of a day (in the manner of RFC 9162): one root for everything that was signed,
//! and a short proof that a document was among it.

use jiff::civil::Date;
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};

/// What is published of a day, and signed like every document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRoot {
    /// The UTC day.
    pub day: Date,
    /// How many documents.
    pub size: usize,
    /// The root, hexadecimal.
    pub root: String,
    /// A time stamp token (RFC 3161) over the root, base64: it stamps this root, and whether its signer is to
    /// be trusted is for whoever checks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_token: Option<String>,
}

impl DayRoot {
    /// Returns the root of a day's links, in the order of the log.
    pub fn of(day: Date, digests: &[Sha256]) -> Self {
        Self { day, size: digests.len(), root: root(digests).hex(), timestamp_token: None }
    }
}

/// Returns the hash of a leaf.
pub fn leaf_hash(digest: &Sha256) -> Sha256 {
    Sha256::of(&[&[0_u8][..], &digest.0].concat())
}

fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    Sha256::of(&[&[1_u8][..], &left.0, &right.0].concat())
}

/// Returns the largest power of two below a number of leaves.
fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

/// Returns the root over some digests; of none, the hash of nothing.
pub fn root(digests: &[Sha256]) -> Sha256 {
    match digests {
        [] => Sha256::of(b""),
        [one] => leaf_hash(one),
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// Returns the proof that a digest is at a place: the neighbours from the leaf to the root.
pub fn inclusion(digests: &[Sha256], at: usize) -> Option<Vec<Sha256>> {
    if at >= digests.len() {
        return None;
    }
    if digests.len() == 1 {
        return Some(Vec::new());
    }
    let middle = split(digests.len());
    let (left, right) = digests.split_at(middle);
    let (mut proof, other) = if at < middle {
        (inclusion(left, at)?, root(right))
    } else {
        (inclusion(right, at - middle)?, root(left))
    };
    proof.push(other);
    Some(proof)
}

/// Checks that a digest was at a place among so many, under a root.
pub fn verify_inclusion(digest: &Sha256, at: usize, size: usize, proof: &[Sha256], root: &Sha256) -> bool {
    fn climb(digest: &Sha256, at: usize, size: usize, proof: &[Sha256]) -> Option<Sha256> {
        if size == 1 {
            return proof.is_empty().then(|| leaf_hash(digest));
        }
        let (other, rest) = proof.split_last()?;
        let middle = split(size);
        Some(if at < middle {
            node_hash(&climb(digest, at, middle, rest)?, other)
        } else {
            node_hash(other, &climb(digest, at - middle, size - middle, rest)?)
        })
    }
    // A proof is as long as the tree is high; a longer one is none.
    at < size && proof.len() <= 64 && climb(digest, at, size, proof).as_ref() == Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digests(n: usize) -> Vec<Sha256> {
        (0..n).map(|i| Sha256::of(&i.to_le_bytes())).collect()
    }

    #[test]
    fn the_shape_is_that_of_rfc_9162() {
        let d = digests(3);
        let two = node_hash(&leaf_hash(&d[0]), &leaf_hash(&d[1]));
        assert_eq!(root(&d), node_hash(&two, &leaf_hash(&d[2])));
        assert_eq!(root(&[]), Sha256::of(b""));
        assert_eq!(inclusion(&d, 3), None);
        let told = DayRoot::of("2026-09-10".parse().unwrap(), &d);
        assert_eq!((told.size, told.root), (3, root(&d).hex()));
    }

    proptest! {
        #[test]
        fn every_leaf_is_proven_and_no_other(size in 1_usize..70, pick in any::<usize>(), bit in 0_usize..256) {
            let all = digests(size);
            let (at, top) = (pick % size, root(&all));
            let proof = inclusion(&all, at).unwrap();
            prop_assert!(verify_inclusion(&all[at], at, size, &proof, &top));
            let mut other = all[at];
            other.0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_inclusion(&other, at, size, &proof, &top));
            prop_assert!(!verify_inclusion(&all[at], size, size, &proof, &top));
            if let Some(first) = proof.first() {
                let mut changed = proof.clone();
                changed[0] = Sha256(first.0.map(|b| b ^ 1));
                prop_assert!(!verify_inclusion(&all[at], at, size, &changed, &top));
                prop_assert!(!verify_inclusion(&all[at], at, size, &proof[1..], &top));
            }
        }
    }
}
