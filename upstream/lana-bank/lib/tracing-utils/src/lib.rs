//! The log of the process: one line per event, on standard error.

pub use tracing::{error, info, warn};

// Other sources are another compilation of this crate, and so of all that use it: ci/tasks/build-server.
const _: Option<&str> = option_env!("LANA_SOURCES");

/// Write events to standard error, each with the name of the service, from now on.
///
/// Traces are not exported: an exporter is most of what a small server would have to compile.
pub fn init(service_name: &str) {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    info!(service_name, "tracing to standard error");
}
