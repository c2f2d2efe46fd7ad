//! What people are told, in Indonesian and in English: texts with places that are filled in the way of each language.
//!
//! The texts stand in `server/texts/`; whoever owns the facts fills them (`refusal`, `notification`).

mod language;
mod say;
mod text;

pub(crate) use language::{Both, Language};
pub(crate) use text::{Text, Words};
