//! Gmail's way with mail: what the server does like Gmail, and what becomes of it here.

mod deleted;
mod label_traps;
mod labels;
mod moved;
mod server;
mod settings;
mod throttled;
mod world;
