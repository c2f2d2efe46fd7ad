//! Compiles `proto/` into `OUT_DIR` with a pure-Rust compiler, so that no `protoc` is needed.

use std::{env, fs, io, path::PathBuf};

use protox::Compiler;

fn main() -> io::Result<()> {
    // tonic-prost-build 0.14 stores `emit_rerun_if_changed` and never reads it (grpc/grpc-rust#2511):
    // without this line any change anywhere in this package recompiles the whole workspace.
    println!("cargo:rerun-if-changed=proto");

    let mut protos: Vec<PathBuf> = fs::read_dir("proto/jamsostek/v1")?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    protos.sort();
    let mut compiler = Compiler::new(["proto"]).map_err(io::Error::other)?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&protos).map_err(io::Error::other)?;
    // The compiler's own encoding keeps custom options (who may call an rpc); prost's types drop them.
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(
        out_dir.join("descriptors.bin"),
        compiler.encode_file_descriptor_set(),
    )?;
    tonic_prost_build::configure().compile_fds(compiler.file_descriptor_set())
}
