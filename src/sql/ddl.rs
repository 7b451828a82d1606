//! The statements that make a relation again, from its structure. The definitions of constraints,
//! indexes, triggers and queries are the server's own words; only the frame is ours.

use crate::data::structure::{Attribute, Structure};
use crate::sql::quote::{ident, literal};

/// `CREATE …` with everything that belongs to it, ready to be run.
#[must_use]
pub fn create(structure: &Structure) -> String {
    let name = &structure.qualified;
    let mut statements = vec![main_statement(structure)];
    for index in &structure.indexes {
        if !index.note.contains("of a constraint") {
            statements.push(format!("{};", index.definition));
        }
    }
    for trigger in &structure.triggers {
        statements.push(format!("{};", trigger.definition));
    }
    if structure.row_security {
        statements.push(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"));
    }
    for policy in &structure.policies {
        statements.push(format!("{};", policy.definition));
    }
    if let Some(comment) = &structure.comment {
        let what = &structure.create;
        statements.push(format!("COMMENT ON {what} {name} IS {};", literal(comment)));
    }
    for attribute in &structure.attributes {
        if let Some(comment) = &attribute.comment {
            let column = ident(&attribute.name);
            statements.push(format!(
                "COMMENT ON COLUMN {name}.{column} IS {};",
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
    if let Some(query) = &structure.query {
        let query = query.trim_end().trim_end_matches(';');
        return format!("CREATE {create} {qualified} AS\n{query};");
    }
    if create == "SEQUENCE" {
        return format!("CREATE SEQUENCE {qualified};");
    }
    let clause = structure.clause.as_deref().unwrap_or_default();
    let mut lines = Vec::new();
    // A partition takes its columns, keys and checks from its parent.
    let is_partition = clause.starts_with("PARTITION OF");
    if !is_partition {
        lines.extend(structure.attributes.iter().map(column));
        let constraints = [&structure.keys, &structure.references, &structure.checks];
        for constraint in constraints.into_iter().flatten() {
            let name = ident(&constraint.name);
            lines.push(format!("CONSTRAINT {name} {}", constraint.definition));
        }
    }
    if is_partition {
        return format!("CREATE {create} {qualified} {clause};");
    }
    let body = if lines.is_empty() {
        "()".to_owned()
    } else {
        format!("(\n    {}\n)", lines.join(",\n    "))
    };
    let clause = if clause.is_empty() {
        String::new()
    } else {
        format!(" {clause}")
    };
    format!("CREATE {create} {qualified} {body}{clause};")
}

fn column(attribute: &Attribute) -> String {
    let mut text = format!("{} {}", ident(&attribute.name), attribute.type_name);
    if let Some(collation) = &attribute.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    match (&attribute.default, &attribute.identity) {
        (Some(expression), _) if attribute.generated => {
            text.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
        }
        (Some(expression), _) => text.push_str(&format!(" DEFAULT {expression}")),
        (None, Some(identity)) => text.push_str(&format!(" GENERATED {identity} AS IDENTITY")),
        (None, None) => {}
    }
    if attribute.not_null {
        text.push_str(" NOT NULL");
    }
    text
}
