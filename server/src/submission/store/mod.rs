//! The tables of submissions and their rows.

mod at_work;
mod outcomes;
mod repeats;
mod rows;
mod shown;
mod submissions;

pub(super) use at_work::{keep_forgotten, next_at_work, next_to_expire, next_to_forget, postpone};
pub(super) use outcomes::{Outcome, forget_papers, keep_outcomes};
pub(super) use repeats::mark_repeats;
pub(super) use rows::{
    Kept, Staged, Taken, insert_rows, next_row, rows_after, rows_among, taken_as,
};
pub(super) use shown::{Shown, Wanted, shown};
pub(super) use submissions::{
    Step, add_rows, end, find, hold, insert, keep_hands, move_on, open_of, turn,
};
