// The documents that the server attaches to.

import type { TextDocument } from "vscode";

/** SQL as VS Code names it, and as extensions for PostgreSQL do. */
export const LANGUAGES = ["sql", "postgres", "pgsql", "plpgsql", "sql-postgres"];

/** Files, and what has not been saved yet. Old versions in a comparison are none of ours. */
const SCHEMES = ["file", "untitled"];

export const SELECTOR = LANGUAGES.flatMap((language) =>
    SCHEMES.map((scheme) => ({ language, scheme })),
);

export function isSql(document: TextDocument | undefined): document is TextDocument {
    return (
        document !== undefined &&
        LANGUAGES.includes(document.languageId) &&
        SCHEMES.includes(document.uri.scheme)
    );
}
