//! The one command table. Each command is declared once; dispatch, the footer, `?`, the palette,
//! `dbkeep keys` and the key sheet are all derived from it.

/// Where a command can be given. A layer names the scopes that hold for it, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, in dialogs too.
    Everywhere,
    /// On every screen, while no dialog is open.
    Studio,
    /// Moving about, wherever there is a cursor.
    Moving,
    /// The tree of tables.
    Tree,
    /// What is open, wherever one is on the screen of tables.
    Table,
    /// The rows of a table.
    Grid,
    /// A value, under the cursor or being typed.
    Value,
    /// A value that is being typed.
    Cell,
    /// What will be written.
    Review,
    /// What met others' changes.
    Conflict,
    /// A row that is seen as a form.
    Record,
    /// The structure of a table.
    Structure,
    /// The filter's conditions.
    Filter,
    /// A condition that is being made.
    Asking,
    /// The list of a table's columns.
    Columns,
    /// A value that is seen whole.
    Viewer,
    /// A text that is read.
    Reader,
    /// The plan of a statement.
    Plan,
    /// Numbers that are drawn.
    Chart,
    /// What is going on in vim's way of editing, and can be left.
    VimBusy,
    /// The text of a console, edited in vim's way.
    Vim,
    /// The text of a console.
    Console,
    /// What a statement returned.
    Result,
    /// The consoles, in their text and in their results.
    Sql,
    /// A list to choose from.
    List,
    /// The saved queries.
    Saved,
    /// A query that is being kept.
    Keeping,
    /// A line of text.
    Text,
    /// A question that is answered yes or no.
    Question,
}

impl Scope {
    /// Every scope, in the order of the help.
    pub const ALL: [Self; 29] = [
        Self::Everywhere,
        Self::Studio,
        Self::Moving,
        Self::Tree,
        Self::Table,
        Self::Grid,
        Self::Value,
        Self::Cell,
        Self::Review,
        Self::Conflict,
        Self::Record,
        Self::Structure,
        Self::Filter,
        Self::Asking,
        Self::Columns,
        Self::Viewer,
        Self::Reader,
        Self::Plan,
        Self::Chart,
        Self::VimBusy,
        Self::Vim,
        Self::Console,
        Self::Result,
        Self::Sql,
        Self::List,
        Self::Saved,
        Self::Keeping,
        Self::Text,
        Self::Question,
    ];

    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Studio => "On every screen",
            Self::Moving => "Moving about",
            Self::Tree => "In the tree",
            Self::Table => "With the open table",
            Self::Grid => "In the rows",
            Self::Value => "With a value",
            Self::Cell => "While a value is typed",
            Self::Review => "In the review",
            Self::Conflict => "Where others were faster",
            Self::Record => "In a row",
            Self::Structure => "In the structure",
            Self::Filter => "In the filter",
            Self::Asking => "In a condition",
            Self::Columns => "In the list of columns",
            Self::Viewer => "In a value",
            Self::Reader => "In a text",
            Self::Plan => "In a plan",
            Self::Chart => "In a chart",
            Self::VimBusy => "In a mode of vim, or amid its keys",
            Self::Vim => "In the text of a console, with vim's keys",
            Self::Console => "In the text of a console",
            Self::Result => "In what a statement returned",
            Self::Sql => "With a console",
            Self::List => "In a list",
            Self::Saved => "In the saved queries",
            Self::Keeping => "While a query is kept",
            Self::Text => "In a line of text",
            Self::Question => "In a question",
        }
    }
}

/// What is declared of a command.
#[derive(Debug)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name in the configuration file.
    pub id: &'static str,
    /// What it does, as the palette says it.
    pub title: &'static str,
    /// Where it can be given.
    pub scope: Scope,
    /// Its keys by default; one with a space in it is a chord.
    pub keys: &'static [&'static str],
    /// Its word in the footer, if it has a place there.
    pub footer: Option<&'static str>,
}

macro_rules! word {
    () => {
        None
    };
    ($word:literal) => {
        Some($word)
    };
}

macro_rules! commands {
    ($($name:ident = $id:literal, $title:literal, $scope:ident, [$($key:literal),*] $(, footer $footer:literal)?;)*) => {
        /// What a person can ask for. The titles are in the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each one's title is in the table")]
        pub enum Command { $($name),* }

        impl Command {
            /// The table, in the order of its declaration.
            pub const TABLE: &'static [Spec] = &[$(Spec {
                command: Command::$name,
                id: $id,
                title: $title,
                scope: Scope::$scope,
                keys: &[$($key),*],
                footer: word!($($footer)?),
            }),*];
        }
    };
}

commands! {
    Close = "close", "Close, or go back", Everywhere, ["esc"], footer "close";
    Interrupt = "interrupt", "Cancel what is running, or ask whether to quit", Everywhere, ["ctrl-c"];
    Redraw = "redraw", "Draw the screen anew", Everywhere, ["ctrl-l"];
    Suspend = "suspend", "Go back to the shell until `fg`", Everywhere, ["ctrl-z"];

    Quit = "quit", "Quit", Studio, ["q"];
    Help = "help", "Show the keys", Studio, ["?", "f1"], footer "help";
    Palette = "palette", "Find a command", Studio, ["ctrl-p"], footer "commands";
    ShowTables = "screen.tables", "Go to Tables", Studio, ["1", "alt-1"];
    ShowSql = "screen.sql", "Go to SQL", Studio, ["2", "alt-2"];
    ShowProjects = "screen.projects", "Go to Projects", Studio, ["3", "alt-3"];
    ShowMigrations = "screen.migrations", "Go to Migrations", Studio, ["4", "alt-4"];
    NextPane = "pane.next", "Go to the next pane", Studio, ["tab"], footer "pane";
    PreviousPane = "pane.previous", "Go to the previous pane", Studio, ["shift-tab"];
    FindTable = "table.find", "Find a table by its name", Studio, ["/"], footer "find table";
    Reload = "reload", "Read again from the server", Studio, ["r", "f5"];
    Themes = "themes", "Choose a theme", Studio, ["T"];
    Log = "log", "Show every statement sent", Studio, ["@"];

    Up = "move.up", "Up", Moving, ["up", "k"];
    Down = "move.down", "Down", Moving, ["down", "j"];
    Left = "move.left", "Left", Moving, ["left", "h"];
    Right = "move.right", "Right", Moving, ["right", "l"];
    PageUp = "move.page-up", "A page up", Moving, ["pageup", "ctrl-b"];
    PageDown = "move.page-down", "A page down", Moving, ["pagedown", "ctrl-f"];
    HalfUp = "move.half-up", "Half a page up", Moving, ["ctrl-u"];
    HalfDown = "move.half-down", "Half a page down", Moving, ["ctrl-d"];
    First = "move.first", "To the first row", Moving, ["g g", "ctrl-home"];
    Last = "move.last", "To the last row", Moving, ["G", "ctrl-end"];
    RowStart = "move.row-start", "To the start of the row", Moving, ["home", "0", "^"];
    RowEnd = "move.row-end", "To the end of the row", Moving, ["end", "$"];

    TreeOpen = "tree.open", "Open the table, or fold", Tree, ["enter"], footer "open";
    TreeFold = "tree.fold", "Fold or unfold", Tree, ["space"];
    TreeSystem = "tree.system", "Show or hide the system's schemas", Tree, ["."];
    TreeSizes = "tree.sizes", "Show sizes instead of counts", Tree, ["z"], footer "sizes";

    ReviewEdits = "edits.review", "Review what is staged, and write it", Table, ["ctrl-s"], footer "review";
    Inspect = "table.structure", "Show the structure of the table, or its rows", Table, ["i"], footer "rows/structure";
    GoTo = "row.goto", "Go to a row by its key or number", Table, [":"], footer "go to";
    Count = "table.count", "Count the rows exactly", Table, ["c"];
    Back = "trail.back", "Go back to where you were", Table, ["b"], footer "back";
    Forward = "trail.forward", "Go forward again", Table, ["B"];

    Follow = "row.follow", "Go to the row it refers to", Grid, ["o"], footer "→ follow";
    Edit = "cell.edit", "Change the value", Grid, ["e"], footer "edit";
    AddRow = "row.add", "Add a row", Grid, ["a"], footer "add";
    DeleteRow = "row.delete", "Delete the row, or let it stay", Grid, ["d"], footer "delete";
    FilterColumn = "filter.column", "Filter by this column", Grid, ["f"], footer "filter";
    Sort = "sort.column", "Sort by this column: up, down, not", Grid, ["s"], footer "sort";
    FilterValue = "filter.value", "Show only rows with this value", Grid, ["="];
    ExcludeValue = "filter.exclude", "Show no rows with this value", Grid, ["!"];
    EditFilter = "filter.edit", "Show and change the filter", Grid, ["F"];
    FilterWhere = "filter.where", "Filter by a condition in SQL", Grid, ["W"];
    SortFurther = "sort.further", "Sort by this column too", Grid, ["S"];
    SortNulls = "sort.nulls", "Put NULLs first or last", Grid, ["n"];
    ShowRecord = "row.record", "View the row as a form", Grid, ["enter"], footer "row";
    ViewCell = "cell.view", "View the whole value", Grid, ["v"], footer "view";
    Peek = "row.peek", "Look at the row it refers to", Grid, ["K"];
    Referrers = "row.referrers", "Show who refers to this row", Grid, ["O"];
    DuplicateRow = "row.duplicate", "Add a row like this one", Grid, ["D"];
    MarkRow = "row.mark", "Mark the row, for what is done to several", Grid, ["space"];
    ForgetRow = "row.forget", "Forget what is staged of the row", Grid, ["z"];
    Undo = "edits.undo", "Take the last edit back", Table, ["u"];
    Redo = "edits.redo", "Make it again", Table, ["ctrl-r"];
    UndoCommit = "edits.undo-commit", "Stage what takes the last commit back", Table, ["U"];
    DiscardEdits = "edits.discard", "Discard all that is staged", Table, ["Z"];

    SetNull = "value.null", "Set it to NULL", Value, ["ctrl-n"], footer "NULL";
    SetDefault = "value.default", "Set it to the column's default", Value, ["ctrl-t"], footer "default";

    CellAccept = "value.accept", "Take the value", Cell, ["enter"], footer "take";
    CellLine = "value.line", "Begin a new line", Cell, ["alt-enter", "ctrl-j"], footer "new line";

    CellEditor = "value.editor", "Type it in your editor", Cell, ["ctrl-o"], footer "editor";
    CellLoad = "value.load", "Read it from a file", Cell, ["ctrl-g"], footer "from a file";

    Commit = "review.commit", "Write it", Review, ["enter"], footer "commit";
    LeaveOut = "review.leave-out", "Leave it out, for now", Review, ["space"], footer "leave out";
    CopySql = "review.copy", "Copy the SQL", Review, ["ctrl-y", "y"], footer "copy SQL";

    KeepMine = "conflict.mine", "Keep mine", Conflict, ["m"], footer "mine";
    TakeTheirs = "conflict.theirs", "Take theirs", Conflict, ["t"], footer "theirs";
    Resolve = "conflict.resolve", "Go on with what is chosen", Conflict, ["enter"], footer "go on";

    CopyCell = "cell.copy", "Copy the value", Grid, ["y"], footer "copy";
    CopyAs = "row.copy", "Copy rows as…", Grid, ["Y"];
    Wider = "column.wider", "Make the column wider", Grid, [">"];
    Narrower = "column.narrower", "Make the column narrower", Grid, ["<"];
    Fit = "column.fit", "Fit the column to its values, or not", Grid, ["w"];
    Hide = "column.hide", "Hide the column", Grid, ["x"];
    Columns = "columns", "Show, hide and order the columns", Grid, ["X"];
    ShiftLeft = "column.left", "Move the column to the left", Grid, ["["];
    ShiftRight = "column.right", "Move the column to the right", Grid, ["]"];
    Freeze = "column.freeze", "Freeze the columns up to this one, or none", Grid, ["#"];
    Profile = "column.profile", "Profile the column", Grid, ["p"];

    NextRow = "row.next", "The next row", Record, ["n", "ctrl-down"], footer "next row";
    PreviousRow = "row.previous", "The row before", Record, ["p", "ctrl-up"], footer "row before";
    FindField = "field.find", "Find a field by its name", Record, ["/"], footer "find field";
    ViewField = "field.view", "View the field's whole value", Record, ["enter"];

    ShowRows = "table.rows", "Show the rows of the table", Structure, ["enter"], footer "rows";
    CopyDdl = "structure.copy-ddl", "Copy the DDL", Structure, ["y"], footer "copy DDL";

    FilterEdit = "condition.edit", "Change the condition", Filter, ["enter", "e"], footer "change";
    FilterRemove = "condition.remove", "Take the condition away", Filter, ["d", "delete"], footer "take away";
    FilterJoin = "condition.join", "Join it by OR, or by AND", Filter, ["o"], footer "and/or";
    FilterClear = "condition.clear", "Take all away", Filter, ["x"], footer "take all away";

    NextOperator = "operator.next", "The next operator", Asking, ["tab"], footer "operator";
    PreviousOperator = "operator.previous", "The operator before", Asking, ["shift-tab"];

    ColumnGo = "columns.go", "Go to the column", Columns, ["enter"], footer "go to";
    ColumnToggle = "columns.toggle", "Show or hide the column", Columns, ["space", "x"], footer "show/hide";
    ColumnRaise = "columns.raise", "Move it up", Columns, ["K", "alt-up"], footer "up";
    ColumnLower = "columns.lower", "Move it down", Columns, ["J", "alt-down"], footer "down";
    ColumnsAll = "columns.all", "Show all columns", Columns, ["a"], footer "show all";
    ColumnsOwn = "columns.own", "Put them in the order of the table", Columns, ["o"];
    ViewerFold = "viewer.fold", "Fold or unfold", Viewer, ["enter", "space"], footer "fold";
    ViewerFoldAll = "viewer.fold-all", "Fold or unfold everything", Viewer, ["z"];
    ViewerFind = "viewer.find", "Find in the value", Viewer, ["/"], footer "find";
    ViewerNext = "viewer.next", "Find the next place", Viewer, ["n"];
    ViewerPrevious = "viewer.previous", "Find the place before", Viewer, ["N"];
    ViewerWrap = "viewer.wrap", "Wrap long lines, or cut them", Viewer, ["w"], footer "wrap";
    ViewerRaw = "viewer.raw", "Show the text as the server sent it, or the value", Viewer, ["r"], footer "raw";
    CopyValue = "viewer.copy", "Copy the value", Viewer, ["y"], footer "copy";
    CopyPath = "viewer.copy-path", "Copy the path to the value", Viewer, ["Y"], footer "copy path";
    SaveValue = "viewer.save", "Save the value to a file", Viewer, ["s"], footer "save";
    EditorValue = "viewer.editor", "Look at the value in your editor", Viewer, ["E"], footer "editor";

    ReaderClose = "reader.close", "Close the text", Reader, ["enter"];
    CopyText = "reader.copy", "Copy the text", Reader, ["y", "ctrl-y"], footer "copy";

    PlanFold = "plan.fold", "Fold or unfold what is below", Plan, ["enter", "space"], footer "fold";
    PlanNext = "plan.next", "To the next node that is to be minded", Plan, ["n"], footer "next mark";
    PlanPrevious = "plan.previous", "To the one before", Plan, ["N"];
    PlanSlowest = "plan.slowest", "To the node that takes most itself", Plan, ["s"], footer "slowest";
    PlanMeasure = "plan.measure", "Show times, or costs", Plan, ["t"], footer "time/cost";
    PlanBefore = "plan.before", "Show the earlier plan beside it, or not", Plan, ["b"], footer "before";
    PlanFoldAll = "plan.fold-all", "Fold or unfold everything", Plan, ["z"];
    PlanDetailsDown = "plan.details-down", "Scroll what is said of the node down", Plan, ["J"], footer "details ↓";
    PlanDetailsUp = "plan.details-up", "Scroll it up", Plan, ["K"];
    CopyPlan = "plan.copy", "Copy the plan as psql shows it", Plan, ["y"], footer "copy";
    CopyPlanJson = "plan.copy-json", "Copy the plan as JSON", Plan, ["Y"], footer "copy JSON";

    RunStatement = "sql.run", "Run the statement under the cursor, or what is selected", Sql, ["alt-enter", "f5", "ctrl-enter"], footer "run";
    RunAll = "sql.run-all", "Run all statements", Sql, ["f6"], footer "run all";
    ToResults = "sql.results", "Go to the results", Console, ["alt-down"], footer "results";
    Complete = "sql.complete", "Offer what can stand here", Console, ["ctrl-space", "ctrl-n"];
    Indent = "sql.indent", "Take what is offered, or indent", Console, ["tab"];
    Outdent = "sql.outdent", "Take the indent back", Console, ["shift-tab"];
    SqlEditor = "sql.editor", "Type it in your editor", Console, ["ctrl-o"];
    SqlFind = "sql.find", "Find in the text", Console, ["alt-s"];
    SqlFindNext = "sql.find-next", "Find the next place", Console, ["f3"];
    SqlFindPrevious = "sql.find-previous", "Find the place before", Console, ["shift-f3", "alt-S"];
    SqlReplace = "sql.replace", "Put another text in all places that were found", Console, ["alt-R"];
    SqlUndo = "sql.undo", "Take back what was typed (undo)", Console, ["alt-z"];
    SqlRedo = "sql.redo", "Type it again (redo)", Console, ["alt-y"];
    SqlSave = "sql.save", "Write the text to its file", Console, ["ctrl-s"], footer "save";
    SqlOpen = "sql.open", "Read a file into another console", Console, ["ctrl-g"];
    SqlHistory = "sql.history", "Find what was run before, in the history", Sql, ["ctrl-r", "alt-h"], footer "history";
    SqlKeep = "query.keep", "Keep the statement, or what is selected, as a saved query", Console, ["alt-k"];
    SqlSaved = "query.list", "Find a saved query", Sql, ["alt-o"];
    SqlFormat = "sql.format", "Format the statement under the cursor, or those selected", Console, ["alt-F"];
    ToggleComment = "sql.comment", "Make the lines comments, or not", Console, ["alt-/", "alt-;"];
    TypeText = "sql.type", "Type in the text", Result, ["i"], footer "text";
    ToEditor = "sql.text", "Go to the text", Result, ["tab", "alt-up"];
    ResultGoTo = "result.goto", "Go to a row by its number", Result, [":"];
    ReadAll = "result.all", "Read all rows", Result, ["A"], footer "read all";
    Chart = "result.chart", "Draw the numbers as a chart", Result, ["c"], footer "chart";
    ChartColumn = "chart.column", "The next column of numbers", Chart, ["tab"], footer "next column";
    ChartKind = "chart.kind", "Bars, or a line", Chart, ["l"], footer "bars/line";
    NextResult = "result.next", "The next result", Result, ["."], footer "next result";
    PreviousResult = "result.previous", "The result before", Result, [","];
    Messages = "result.messages", "What the server said", Result, ["m"], footer "messages";
    Explain = "sql.explain", "Run the statement and show its plan", Sql, ["alt-e"], footer "explain";
    ExplainPlan = "sql.plan", "Show the plan of the statement and do not run it", Sql, ["alt-p"];
    Autocommit = "console.autocommit", "Commit each statement by itself, or all by hand", Sql, ["alt-m"];
    CommitNow = "console.commit", "Commit the transaction", Sql, ["alt-c"], footer "commit";
    RollBack = "console.rollback", "Roll the transaction back", Sql, ["alt-r"], footer "roll back";
    SetTimeout = "console.timeout", "Limit how long a statement may run (its timeout)", Sql, ["alt-t"];
    EditorVim = "editor.vim", "Edit with vim's keys, or without them", Sql, ["alt-v"];
    VimNormal = "vim.normal", "Go back to normal mode, or forget what was begun", VimBusy, ["esc"], footer "normal mode";
    VimRedo = "vim.redo", "Make again what was taken back; while typing, put in a register", Vim, ["ctrl-r"];
    VimKeys = "vim.keys", "Show what vim's keys do here", Vim, ["f2"], footer "vim's keys";
    NewConsole = "console.new", "Open another console", Sql, ["alt-n"], footer "new";
    CloseConsole = "console.close", "Close the console", Sql, ["alt-w"];
    NextConsole = "console.next", "The next console", Sql, ["alt-."];
    PreviousConsole = "console.previous", "The console before", Sql, ["alt-,"];

    Choose = "list.choose", "Choose", List, ["enter"], footer "choose";
    ListUp = "list.up", "Up", List, ["up", "ctrl-p"];
    ListDown = "list.down", "Down", List, ["down", "ctrl-n"];
    ListPageUp = "list.page-up", "A page up", List, ["pageup"];
    ListPageDown = "list.page-down", "A page down", List, ["pagedown"];
    SavedOpen = "saved.open", "Open it in a console of its own", Saved, ["alt-o", "ctrl-o"], footer "own console";
    SavedRename = "saved.rename", "Rename it", Saved, ["alt-r"], footer "rename";
    SavedDelete = "saved.delete", "Delete it", Saved, ["alt-d"], footer "delete";
    KeepNext = "keep.next", "The other line", Keeping, ["tab", "shift-tab", "up", "down"], footer "other line";
    Copy = "list.copy", "Copy the line", List, ["ctrl-y"];

    Accept = "text.accept", "Take what is typed", Text, ["enter"], footer "take";

    Yes = "question.yes", "Yes", Question, ["y", "Y"], footer "yes";
    No = "question.no", "No", Question, ["n", "N", "q"], footer "no";
}

impl Command {
    /// What is declared of it.
    #[must_use]
    pub fn spec(self) -> &'static Spec {
        // The table is generated in the order of the enum.
        &Self::TABLE[self as usize]
    }

    /// The command of that name in the configuration file.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::TABLE
            .iter()
            .find(|spec| spec.id == id)
            .map(|spec| spec.command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_finds_its_own_line_and_has_a_name_of_its_own() {
        for (at, spec) in Command::TABLE.iter().enumerate() {
            assert_eq!(spec.command.spec().id, spec.id);
            assert!(Command::TABLE[..at].iter().all(|other| other.id != spec.id));
            assert_eq!(Command::from_id(spec.id), Some(spec.command));
        }
    }
}
