//! Builds `api/web` with Node and writes the table of embedded files to `OUT_DIR/assets.rs`.
//!
//! `SEALANE_WEB_DIST` names a folder that `npm run build` made elsewhere; then no Node is needed.
//! Without feature `web` the table is empty.

// A build script speaks to cargo and to people through its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// What the bundler reads, relative to `api/web`.
const INPUTS: [&str; 7] =
    ["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "build.mjs", "build", "src"];
/// The coast and the river the map shows at the focus ports, in `data/reference`.
const DETAIL: [&str; 4] = [
    "land-detail-caimep.geojson",
    "land-detail-klang.geojson",
    "land-detail-yangshan.geojson",
    "thi-vai-river.geojson",
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("the pages could not be built: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=SEALANE_WEB_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let rows = match (env::var_os("CARGO_FEATURE_WEB"), env::var_os("SEALANE_WEB_DIST")) {
        (None, _) => String::new(),
        (Some(_), Some(dist)) => table(&prebuilt(Path::new(&dist))?)?,
        (Some(_), None) => table(&bundle(&out)?)?,
    };
    let text = format!("/// The pages and the map element.\npub static ASSETS: &[Asset] = &[\n{rows}];\n");
    write_if_changed(&out.join("assets.rs"), text.as_bytes())
}

/// Returns a folder that was built elsewhere, watching its files.
fn prebuilt(dist: &Path) -> Result<PathBuf, String> {
    let dist = dist.canonicalize().map_err(|e| format!("SEALANE_WEB_DIST `{}`: {e}", dist.display()))?;
    println!("cargo:rerun-if-changed={}", dist.display());
    Ok(dist)
}

/// Copies the inputs to `OUT_DIR/web-src`, installs what they need and bundles them into `OUT_DIR/web`.
fn bundle(out: &Path) -> Result<PathBuf, String> {
    let source = out.join("web-src");
    for input in INPUTS {
        copy(&Path::new("web").join(input), &source.join(input))?;
    }
    let reference = source.join("reference");
    for name in DETAIL {
        copy(&Path::new("../data/reference").join(name), &reference.join(name))?;
    }
    install(&source)?;
    let dist = out.join("web");
    let mut node = Command::new("node");
    node.arg("build.mjs").arg("--reference").arg(&reference).arg("--out").arg(&dist).current_dir(&source);
    finish(&mut node, "node build.mjs")?;
    Ok(dist)
}

/// Runs `npm ci` unless the modules there were installed from this very lock file.
fn install(source: &Path) -> Result<(), String> {
    let lock = read(&source.join("package-lock.json"))?;
    let stamp = source.join("node_modules/.sealane-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    // No package here needs its install script, so none is run.
    command
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(source);
    finish(&mut command, "npm ci")?;
    fs::write(&stamp, lock).map_err(|e| format!("`{}`: {e}", stamp.display()))
}

/// Runs a program to its end; its own words are shown when it fails.
fn finish(command: &mut Command, name: &str) -> Result<(), String> {
    let output = command.output().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            format!("`{name}` could not be started; install Node 20 or build with --no-default-features")
        }
        _ => format!("`{name}`: {e}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let help = "(offline? set SEALANE_WEB_DIST to a built folder, or build with --no-default-features)";
    Err(format!("`{name}` failed with {} {help}\n{}", output.status, String::from_utf8_lossy(&said)))
}

/// Copies a file or a folder, naming it as an input.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    println!("cargo:rerun-if-changed={}", from.display());
    if !from.is_dir() {
        return write_if_changed(to, &read(from)?);
    }
    // What is gone from the folder must be gone from the copy, or the bundler still finds it.
    remove_strangers(from, to)?;
    let entries = fs::read_dir(from).map_err(|e| format!("`{}`: {e}", from.display()))?;
    for entry in entries {
        let name = entry.map_err(|e| format!("`{}`: {e}", from.display()))?.file_name();
        copy(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

fn remove_strangers(from: &Path, to: &Path) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(to) else { return Ok(()) };
    for entry in entries.flatten().filter(|e| !from.join(e.file_name()).exists()) {
        let path = entry.path();
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(|e| format!("`{}`: {e}", path.display()))?;
    }
    Ok(())
}

/// Turns the manifest of a built folder into the rows of the table.
fn table(dist: &Path) -> Result<String, String> {
    let manifest = dist.join("manifest.tsv");
    let text = String::from_utf8(read(&manifest)?).map_err(|e| format!("`{}`: {e}", manifest.display()))?;
    let mut rows = String::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [path, content_type, sha256, life, ..] = cells[..] else {
            return Err(format!("`{}` has a line that is no asset: {line}", manifest.display()));
        };
        let file = dist.join(path);
        let immutable = life == "immutable";
        let file = file.to_string_lossy();
        let _ = writeln!(
            rows,
            "    Asset {{ path: {:?}, content_type: {content_type:?}, etag: {sha256:?}, bytes: include_bytes!({file:?}), \
             immutable: {immutable} }},",
            format!("/{path}"),
        );
    }
    Ok(rows)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("`{}`: {e}", path.display()))
}

/// Writes a file with its folders, leaving it alone when it holds the same already.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("`{}`: {e}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|e| format!("`{}`: {e}", path.display()))
}
