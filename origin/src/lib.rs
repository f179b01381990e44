//! Room of Sealane.
