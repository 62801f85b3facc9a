//! Compiles version, profile and target into the program.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RELEASE_BUILD_VERSION");
    let version = env::var("RELEASE_BUILD_VERSION").or_else(|_| env::var("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("BUILD_VERSION", version),
        ("BUILD_PROFILE", env::var("PROFILE")),
        ("BUILD_TARGET", env::var("TARGET")),
    ] {
        println!("cargo:rustc-env={name}={}", value.expect("set by cargo"));
    }
}
