//! Code tables: from the codes and names sources declare to a node and its zone.
