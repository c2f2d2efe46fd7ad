//! Tables that fit a terminal of eighty columns.

/// How wide a table may be.
pub(crate) const WIDTH: usize = 80;
/// Stands between columns.
const GAP: usize = 2;
/// The last column is never squeezed narrower than this.
const TEXT_MIN: usize = 20;

/// Rows under a head. Columns that hold amounts stand right; the last column wraps.
pub(crate) struct Table {
    amounts: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            amounts: Vec::new(),
            rows: vec![head.map(str::to_owned).to_vec()],
        }
    }

    /// Lets these columns stand right.
    pub(crate) fn amounts(mut self, columns: &[usize]) -> Self {
        self.amounts = columns.to_vec();
        self
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    pub(crate) fn shown(&self) -> String {
        let last = self.rows[0].len() - 1;
        let width = |column: usize| {
            let cells = self.rows.iter().map(|it| it[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..=last).map(width).collect();
        let before: usize = widths[..last].iter().map(|it| it + GAP).sum();
        let room = WIDTH.saturating_sub(before).max(TEXT_MIN);
        let mut shown = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for column in 0..last {
                line.push_str(&self.cell(&row[column], column, widths[column]));
                line.push_str(&" ".repeat(GAP));
            }
            let texts = if self.amounts.contains(&last) {
                vec![self.cell(&row[last], last, widths[last])]
            } else {
                wrapped(&row[last], room)
            };
            for (index, text) in texts.iter().enumerate() {
                let start = if index == 0 {
                    &line
                } else {
                    &" ".repeat(before)
                };
                shown.push_str(format!("{start}{text}").trim_end());
                shown.push('\n');
            }
        }
        shown
    }

    fn cell(&self, text: &str, column: usize, width: usize) -> String {
        if self.amounts.contains(&column) {
            format!("{text:>width$}")
        } else {
            format!("{text:<width$}")
        }
    }
}

/// A text in lines of at most `width` letters, broken between words where there are any.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest = word;
        loop {
            let line = lines.last_mut().expect("there is a first line");
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + rest.chars().count() <= width {
                if gap > 0 {
                    line.push(' ');
                }
                line.push_str(rest);
                break;
            }
            if used == 0 {
                let end = rest.char_indices().nth(width).map_or(rest.len(), |it| it.0);
                line.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let mut table = Table::new(["day", "amount", "why"]).amounts(&[1]);
        table.row(["2026-03-10".into(), "Rp 52.000".into(), "word ".repeat(60)]);
        table.row(["2026-03-11".into(), "-Rp 1".into(), "x".repeat(200)]);

        let shown = table.shown();

        assert!(
            shown.lines().all(|it| it.chars().count() <= WIDTH),
            "{shown}"
        );
        assert!(shown.contains("2026-03-11      -Rp 1  xxx"), "{shown}");
        assert_eq!(shown.matches("word").count(), 60);
        assert_eq!(shown.matches('x').count(), 200);
    }
}
