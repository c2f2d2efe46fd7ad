//! The tables of submissions and their rows.

mod repeats;
mod rows;
mod submissions;

pub(super) use repeats::mark_repeats;
pub(super) use rows::{
    Kept, Outcome, Shown, Staged, Taken, Wanted, forget_papers, insert_rows, keep_outcomes,
    next_row, rows_after, rows_among, shown, taken_as,
};
pub(super) use submissions::{
    Step, add_rows, end, find, hold, insert, keep_forgotten, keep_hands, move_on, next_at_work,
    next_to_expire, next_to_forget, open_of, postpone, turn,
};
