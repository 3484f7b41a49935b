// The commands.

import * as vscode from "vscode";

import { isSql } from "./documents";
import type { Pages } from "./pages";
import type { Server } from "./server";

export function registerCommands(
    server: Server,
    pages: Pages,
    log: vscode.LogOutputChannel,
): vscode.Disposable {
    const register = vscode.commands.registerCommand;
    return vscode.Disposable.from(
        register("pglint.restart", () => server.restart()),
        register("pglint.showLogs", () => log.show()),
        register("pglint.fixAll", fixAll),
        register("pglint.explainRule", (rule?: unknown) => explainRule(pages, rule)),
        register("pglint.showSchema", () => showSchema(pages)),
    );
}

/** The editor asks the server, applies the answer and says where there is none. */
function fixAll(): Thenable<unknown> {
    return vscode.commands.executeCommand("editor.action.codeAction", {
        kind: "source.fixAll.pglint",
        apply: "first",
    });
}

/** `rule` comes from a code action; without one the cursor tells. */
async function explainRule(pages: Pages, rule?: unknown): Promise<void> {
    const chosen = typeof rule === "string" ? rule : await ruleAtCursor();
    if (chosen !== undefined) {
        await pages.showRule(chosen);
    }
}

/** The rule that speaks at the cursor, else one that speaks in the file. */
async function ruleAtCursor(): Promise<string | undefined> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
        return undefined;
    }
    const found = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter((diagnostic) => diagnostic.source === "pglint");
    const here = found.filter((it) => it.range.contains(editor.selection.active));
    const rules = rulesOf(here.length > 0 ? here : found);
    if (rules.length === 0) {
        void vscode.window.showInformationMessage("pglint has nothing to say about this file.");
        return undefined;
    }
    return here.length > 0 && rules.length === 1
        ? rules[0]
        : vscode.window.showQuickPick(rules, { placeHolder: "Which rule?" });
}

function rulesOf(diagnostics: vscode.Diagnostic[]): string[] {
    const codes = diagnostics.map(({ code }) => (typeof code === "object" ? code.value : code));
    return [...new Set(codes.filter((code) => code !== undefined).map(String))];
}

async function showSchema(pages: Pages): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (isSql(editor?.document)) {
        await pages.showSchema(editor.document.uri, editor.selection.active.line);
    }
}
