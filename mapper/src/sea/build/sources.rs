//! The text of all code that decides the bytes of the artefact: a change of it asks for a new one.

/// The files that build and write the network.
const SOURCES: [&str; 32] = [
    include_str!("../artefact.rs"),
    include_str!("../artefact/writer.rs"),
    include_str!("../build.rs"),
    include_str!("../calm.rs"),
    include_str!("../corner.rs"),
    include_str!("../dense.rs"),
    include_str!("../facts.rs"),
    include_str!("../foot.rs"),
    include_str!("../geodesic.rs"),
    include_str!("../graph.rs"),
    include_str!("../heap.rs"),
    include_str!("../inshore.rs"),
    include_str!("../land.rs"),
    include_str!("../mooring.rs"),
    include_str!("../mooring/seen.rs"),
    include_str!("../ranks.rs"),
    include_str!("../rings.rs"),
    include_str!("../shores.rs"),
    include_str!("../sphere.rs"),
    include_str!("../water.rs"),
    include_str!("corners.rs"),
    include_str!("field.rs"),
    include_str!("hands.rs"),
    include_str!("lines.rs"),
    include_str!("ranked.rs"),
    include_str!("roughly.rs"),
    include_str!("sight.rs"),
    include_str!("sources.rs"),
    include_str!("spanned.rs"),
    include_str!("topo.rs"),
    include_str!("trees.rs"),
    include_str!("used.rs"),
];

/// Returns the lines of code, without comments, tests and indentation.
pub(super) fn lines() -> impl Iterator<Item = &'static str> {
    SOURCES.into_iter().flat_map(|source| {
        let code = source.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]");
        code.filter(|line| !line.is_empty() && !line.starts_with("//"))
    })
}
