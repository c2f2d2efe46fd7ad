//! Many rows with one statement. What all rows have in common is bound once; the rest comes as each engine takes it fastest: arrays to
//! PostgreSQL, whose statement is then the same for any number of rows, a list of values to SQLite.

use chrono::{DateTime, NaiveDate};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, EntityName, EntityTrait, IdenStatic,
    Iterable, Value, sea_query::ArrayType,
};
use uuid::Uuid;

use super::{Error, places, statement};

/// How many values one statement to SQLite binds at most: a little less than its limit of 32,766.
const VALUES_MAX: usize = 32_000;
/// How many rows a list of values has that is read as a table: SQLite reads a longer one slower by the row.
const LIST_MAX: usize = 100;
/// How many rows one statement to PostgreSQL brings.
const ARRAY_MAX: usize = 5_000;

/// Keeps all of `rows`, each told in full, as many with one statement as it takes.
pub(crate) async fn insert_all<A>(
    connection: &impl ConnectionTrait,
    rows: Vec<A>,
) -> Result<(), Error>
where
    A: ActiveModelTrait,
{
    if rows.is_empty() {
        return Ok(());
    }
    if connection.get_database_backend() != DbBackend::Postgres {
        return insert_lists(connection, rows).await;
    }
    let mut columns: Vec<Vec<Value>> = Vec::new();
    for column in <A::Entity as EntityTrait>::Column::iter() {
        let values = rows.iter().map(|row| match row.get(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
            ActiveValue::NotSet => unreachable!("every column of a row is told"),
        });
        columns.push(values.collect());
    }
    let names: Vec<_> = <A::Entity as EntityTrait>::Column::iter()
        .map(|it| format!("\"{}\"", it.as_str()))
        .collect();
    let table = A::Entity::default();
    let into = format!("INSERT INTO {} ({})", table.table_name(), names.join(", "));
    let (mut common, mut varying) = (Vec::new(), Vec::new());
    let mut selected = Vec::with_capacity(columns.len());
    for mut values in columns {
        if values.iter().all(|it| *it == values[0]) {
            common.push(values.swap_remove(0));
            selected.push(format!("${}", common.len()));
        } else {
            varying.push(values);
            selected.push(format!("v.column{}", varying.len()));
        }
    }
    let select = format!("{into} SELECT {}", selected.join(", "));
    if varying.is_empty() {
        return run(connection, &select, common).await;
    }
    for some in pieces(connection, varying, common.len()) {
        let mut values = common.clone();
        let table = as_table(connection, some, &mut values);
        run(connection, &format!("{select} FROM {table}"), values).await?;
    }
    Ok(())
}

/// SQLite reads a plain list of values fastest.
async fn insert_lists<A>(connection: &impl ConnectionTrait, mut rows: Vec<A>) -> Result<(), Error>
where
    A: ActiveModelTrait,
{
    let at_once = VALUES_MAX / <A::Entity as EntityTrait>::Column::iter().count();
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(at_once));
        let some = std::mem::replace(&mut rows, rest);
        A::Entity::insert_many(some)
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

async fn run(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<(), Error> {
    connection
        .execute_raw(statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Cuts columns into pieces of as many rows as one statement takes that binds `besides` values more.
pub(crate) fn pieces(
    connection: &impl ConnectionTrait,
    mut columns: Vec<Vec<Value>>,
    besides: usize,
) -> Vec<Vec<Vec<Value>>> {
    let at_once = if connection.get_database_backend() == DbBackend::Postgres {
        ARRAY_MAX
    } else {
        LIST_MAX.min((VALUES_MAX - besides) / columns.len())
    };
    let mut pieces = Vec::new();
    while !columns[0].is_empty() {
        let cut = columns[0].len().min(at_once);
        let rest = columns.iter_mut().map(|it| it.split_off(cut)).collect();
        pieces.push(std::mem::replace(&mut columns, rest));
    }
    pieces
}

/// Columns as a table `v` with `column1`, `column2` and so on, of which each has at least one value; what it binds is put behind `values`.
pub(crate) fn as_table(
    connection: &impl ConnectionTrait,
    columns: Vec<Vec<Value>>,
    values: &mut Vec<Value>,
) -> String {
    if connection.get_database_backend() != DbBackend::Postgres {
        return as_list(columns, values);
    }
    let count = columns.len();
    let (mut arrays, mut told, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut array = |kind, all: Vec<Value>, name: String| {
        values.push(Value::Array(kind, Some(Box::new(all))));
        arrays.push(format!("${}", values.len()));
        told.push(name);
    };
    for (at, column) in (1..=count).zip(columns) {
        let kind = kind_of(&column);
        if column.iter().any(|it| *it == it.as_null()) {
            // An array of these has no nulls: which there are comes beside it.
            let is_told = column.iter().map(|it| Value::from(*it != it.as_null()));
            array(ArrayType::Bool, is_told.collect(), format!("told{at}"));
            let filled = column.into_iter().map(filled);
            array(kind, filled.collect(), format!("value{at}"));
            read.push(format!(
                "CASE WHEN told{at} THEN value{at} END AS column{at}"
            ));
        } else {
            array(kind, column, format!("value{at}"));
            read.push(format!("value{at} AS column{at}"));
        }
    }
    format!(
        "(SELECT {} FROM UNNEST({}) AS u({})) AS v",
        read.join(", "),
        arrays.join(", "),
        told.join(", ")
    )
}

fn as_list(columns: Vec<Vec<Value>>, values: &mut Vec<Value>) -> String {
    let (before, width) = (values.len(), columns.len());
    let rows = columns[0].len();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    for _ in 0..rows {
        values.extend(columns.iter_mut().filter_map(Iterator::next));
    }
    format!("(VALUES {}) AS v", places(before, rows, width))
}

/// What an array of these values is one of.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query knows many kinds, and our columns are of these"
)]
fn kind_of(column: &[Value]) -> ArrayType {
    match &column[0] {
        Value::Bool(_) => ArrayType::Bool,
        Value::Int(_) => ArrayType::Int,
        Value::BigInt(_) => ArrayType::BigInt,
        Value::String(_) => ArrayType::String,
        Value::Bytes(_) => ArrayType::Bytes,
        Value::Uuid(_) => ArrayType::Uuid,
        Value::ChronoDate(_) => ArrayType::ChronoDate,
        Value::ChronoDateTimeUtc(_) => ArrayType::ChronoDateTimeUtc,
        other => unreachable!("no column of ours is a {other:?}"),
    }
}

/// Something of the same kind where there is nothing.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever is told stays as it is"
)]
fn filled(value: Value) -> Value {
    match value {
        Value::Bool(None) => Value::Bool(Some(false)),
        Value::Int(None) => Value::Int(Some(0)),
        Value::BigInt(None) => Value::BigInt(Some(0)),
        Value::String(None) => Value::String(Some(String::new())),
        Value::Bytes(None) => Value::Bytes(Some(Vec::new())),
        Value::Uuid(None) => Value::Uuid(Some(Uuid::nil())),
        Value::ChronoDate(None) => Value::ChronoDate(Some(NaiveDate::default())),
        Value::ChronoDateTimeUtc(None) => Value::ChronoDateTimeUtc(Some(DateTime::UNIX_EPOCH)),
        told => told,
    }
}
