//! What platform files of China's Ministry of Transport mean: the files whose fields are published,
//! one file each, and the table of them.

mod ctnjjd;
mod ifcsum;
mod records;

use super::MessageFamily;

/// Every file of records that is read. To add one: write its file, add its `mod` and its row.
pub const FILES: &[&dyn MessageFamily] = &[&ctnjjd::Ctnjjd, &ifcsum::Ifcsum];

/// Returns the family of a file of records.
pub fn family(kind: &str) -> Option<&'static dyn MessageFamily> {
    FILES.iter().copied().find(|f| f.id() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sound() {
        for file in FILES {
            assert_eq!(family(file.id()).map(MessageFamily::id), Some(file.id()));
            assert!(file.version() > 0 && file.about().len() > 10 && !file.about().contains(". "));
        }
    }
}
