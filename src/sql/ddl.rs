//! The statements that make a relation again, from its structure. The definitions of constraints,
//! indexes, triggers and queries are the server's own words; only the frame is ours.

use crate::data::structure::{Attribute, Named, Structure};
use crate::sql::quote::{literal, name};

/// `CREATE …` with everything that belongs to it, ready to be run.
#[must_use]
pub fn create(structure: &Structure) -> String {
    let qualified = &structure.qualified;
    let sequences = structure.default_sequences.iter();
    let mut statements: Vec<String> = sequences
        .clone()
        .map(|sequence| {
            let Named {
                name, definition, ..
            } = sequence;
            // Another table may take values from it as well.
            let statement = format!("CREATE SEQUENCE IF NOT EXISTS {name} {definition}");
            format!("{};", statement.trim_end())
        })
        .collect();
    statements.push(main_statement(structure));
    let owned = sequences.filter(|sequence| !sequence.note.is_empty());
    statements.extend(owned.map(|sequence| {
        let Named { name, note, .. } = sequence;
        format!("ALTER SEQUENCE {name} OWNED BY {qualified}.{note};")
    }));
    statements.extend(own_of_an_heir(structure));
    for index in &structure.indexes {
        if !structure.implied_indexes.contains(&index.name) {
            statements.push(format!("{};", index.definition));
        }
    }
    for trigger in &structure.triggers {
        statements.push(format!("{};", trigger.definition));
    }
    let (create, states) = (&structure.create, structure.states.iter());
    statements.extend(states.map(|state| format!("ALTER {create} {qualified} {state};")));
    if structure.row_security {
        statements.push(format!(
            "ALTER TABLE {qualified} ENABLE ROW LEVEL SECURITY;"
        ));
    }
    if structure.force_row_security {
        statements.push(format!("ALTER TABLE {qualified} FORCE ROW LEVEL SECURITY;"));
    }
    for policy in &structure.policies {
        statements.push(format!("{};", policy.definition));
    }
    if let Some(comment) = &structure.comment {
        let what = &structure.create;
        statements.push(format!(
            "COMMENT ON {what} {qualified} IS {};",
            literal(comment)
        ));
    }
    for attribute in &structure.attributes {
        if let Some(comment) = &attribute.comment {
            let column = name(&attribute.name);
            statements.push(format!(
                "COMMENT ON COLUMN {qualified}.{column} IS {};",
                literal(comment)
            ));
        }
    }
    statements.join("\n") + "\n"
}

fn main_statement(structure: &Structure) -> String {
    let Structure {
        create, qualified, ..
    } = structure;
    let unlogged = if structure.unlogged { "UNLOGGED " } else { "" };
    let with = structure.options.as_ref();
    let with = with.map_or_else(String::new, |options| format!(" WITH ({options})"));
    if let Some(query) = &structure.query {
        let query = query.trim_end().trim_end_matches(';');
        return format!("CREATE {create} {qualified}{with} AS\n{query};");
    }
    let begin = format!("CREATE {unlogged}{create} {qualified}");
    if create == "SEQUENCE" {
        return format!("{begin}{};", spaced(structure.sequence.as_ref()));
    }
    let clause = spaced(structure.clause.as_ref());
    if is_partition(structure) {
        return format!("{begin}{clause}{with};");
    }
    let own = structure.attributes.iter();
    let own = own.filter(|attribute| attribute.inherited.is_none());
    let lines: Vec<String> = own.map(column).chain(constraints(structure)).collect();
    let body = if lines.is_empty() {
        "()".to_owned()
    } else {
        format!("(\n    {}\n)", lines.join(",\n    "))
    };
    format!("{begin} {body}{clause}{with};")
}

fn spaced(text: Option<&String>) -> String {
    text.map_or_else(String::new, |text| format!(" {text}"))
}

fn is_partition(structure: &Structure) -> bool {
    let clause = structure.clause.as_ref();
    clause.is_some_and(|clause| clause.starts_with("PARTITION OF"))
}

/// The constraints that are the relation's own.
fn constraints(structure: &Structure) -> impl Iterator<Item = String> {
    let all = [&structure.keys, &structure.references, &structure.checks];
    let own = all
        .into_iter()
        .flatten()
        .filter(|constraint| !structure.inherited_constraints.contains(&constraint.name));
    own.map(|constraint| {
        let name = name(&constraint.name);
        format!("CONSTRAINT {name} {}", constraint.definition)
    })
}

/// What a partition or an inheriting table changes of what its parent gives it.
fn own_of_an_heir(structure: &Structure) -> Vec<String> {
    let what = &structure.create;
    let alter = format!("ALTER {what} ONLY {}", structure.qualified);
    let mut statements = Vec::new();
    for attribute in &structure.attributes {
        for change in attribute.inherited.iter().flatten() {
            let column = name(&attribute.name);
            statements.push(format!("{alter} ALTER COLUMN {column} {change};"));
        }
    }
    if is_partition(structure) {
        let own = constraints(structure);
        // ONLY would leave the partitions of a partition without a key that they must have.
        statements
            .extend(own.map(|own| format!("ALTER {what} {} ADD {own};", structure.qualified)));
    }
    statements
}

fn column(attribute: &Attribute) -> String {
    let mut text = format!("{} {}", name(&attribute.name), attribute.type_name);
    if let Some(options) = &attribute.options {
        text.push_str(&format!(" OPTIONS ({options})"));
    }
    if let Some(collation) = &attribute.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    match (&attribute.default, &attribute.identity) {
        (Some(expression), _) if attribute.generated => {
            let kind = if attribute.is_virtual {
                "VIRTUAL"
            } else {
                "STORED"
            };
            text.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
        }
        (Some(expression), _) => text.push_str(&format!(" DEFAULT {expression}")),
        (None, Some(identity)) => {
            text.push_str(&format!(" GENERATED {identity} AS IDENTITY"));
            if let Some(options) = &attribute.sequence {
                text.push_str(&format!(" ({options})"));
            }
        }
        (None, None) => {}
    }
    if attribute.not_null {
        text.push_str(" NOT NULL");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_column_is_kept_or_reckoned_as_it_was() {
        for (is_virtual, wanted) in [(true, "VIRTUAL"), (false, "STORED")] {
            let attribute = Attribute {
                name: "twice".to_owned(),
                type_name: "integer".to_owned(),
                default: Some("n * 2".to_owned()),
                generated: true,
                is_virtual,
                ..Attribute::default()
            };
            assert_eq!(
                column(&attribute),
                format!("twice integer GENERATED ALWAYS AS (n * 2) {wanted}")
            );
        }
    }
}
