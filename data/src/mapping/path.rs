//! Paths in documents: `a.b`, `a[type=X].b`, `'odd.name'.b`, `@attribute`, `^.above`, `$.from.the.root`.

use crate::Text;

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the record, or as many values above it as there are `^`.
    Up(usize),
    /// At the document (`$`).
    Root,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name.
    pub name: Text,
    /// Which of several: those whose part of this name has this value.
    pub filter: Option<(Text, Text)>,
}

/// A path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it begins.
    pub start: Start,
    /// Its steps; none is the beginning itself.
    pub steps: Vec<Step>,
}

/// Why a text is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Two dots stand beside each other, or one at an end.
    #[error("a name is missing before or behind a `.`")]
    Empty,
    /// A quote is not closed.
    #[error("a quoted name has no closing `'`")]
    Quote,
    /// What stands in brackets is no filter.
    #[error("a filter is written `[name=value]`")]
    Filter,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// If the text is none.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let text = text.trim();
        let (start, mut rest) = if let Some(rest) = text.strip_prefix('$') {
            (Start::Root, rest)
        } else {
            let ups = text.split('.').take_while(|step| *step == "^").count();
            let rest = text.splitn(ups + 1, '.').nth(ups);
            (Start::Up(ups), rest.unwrap_or_default())
        };
        rest = if start == Start::Root { rest.strip_prefix('.').unwrap_or(rest) } else { rest };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = match after.strip_prefix('.') {
                Some("") => return Err(PathError::Empty),
                Some(next) => next,
                None if after.is_empty() => after,
                None => return Err(PathError::Filter),
            };
        }
        Ok(Self { start, steps })
    }
}

/// Reads one step and returns what follows it.
fn step(text: &str) -> Result<(Step, &str), PathError> {
    let (name, mut rest) = if let Some(quoted) = text.strip_prefix('\'') {
        quoted.split_once('\'').ok_or(PathError::Quote)?
    } else {
        text.split_at(text.find(['.', '[']).unwrap_or(text.len()))
    };
    if name.is_empty() {
        return Err(PathError::Empty);
    }
    let mut filter = None;
    if let Some(inside) = rest.strip_prefix('[') {
        let (inside, after) = inside.split_once(']').ok_or(PathError::Filter)?;
        let (key, value) = inside.split_once('=').ok_or(PathError::Filter)?;
        if key.trim().is_empty() || value.trim().is_empty() {
            return Err(PathError::Filter);
        }
        filter = Some((key.trim().into(), value.trim().into()));
        rest = after;
    }
    Ok((Step { name: name.into(), filter }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_or_say_why_not() {
        let path = Path::parse("^.^.a[type=X.1].'b.c'.@id").unwrap();
        assert_eq!(path.start, Start::Up(2));
        let names: Vec<&str> = path.steps.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["a", "b.c", "@id"]);
        assert_eq!(path.steps[0].filter, Some(("type".into(), "X.1".into())));
        assert_eq!(Path::parse("$.a").unwrap().start, Start::Root);
        assert_eq!(Path::parse("$").unwrap().steps, []);
        assert_eq!(Path::parse("^").unwrap(), Path { start: Start::Up(1), steps: Vec::new() });
        for (text, error) in [
            ("a..b", PathError::Empty),
            ("a.", PathError::Empty),
            (".a", PathError::Empty),
            ("'a", PathError::Quote),
            ("a[b]", PathError::Filter),
            ("a[b=", PathError::Filter),
            ("a[=c]", PathError::Filter),
            ("a[b=c]d", PathError::Filter),
        ] {
            assert_eq!(Path::parse(text), Err(error), "{text}");
        }
    }
}
