// Pages that the server writes: a rule's, and the schema as a file sees it.

import * as vscode from "vscode";

import { lineOf } from "./schema";
import type { Server } from "./server";

const RULE = "pglint-rule";
const SCHEMA = "pglint-schema";

export class Pages implements vscode.Disposable, vscode.TextDocumentContentProvider {
    private readonly changes = new vscode.EventEmitter<vscode.Uri>();
    readonly onDidChange = this.changes.event;
    private readonly subscriptions: vscode.Disposable[];

    constructor(private readonly server: Server) {
        this.subscriptions = [
            this.changes,
            vscode.workspace.registerTextDocumentContentProvider(RULE, this),
            vscode.workspace.registerTextDocumentContentProvider(SCHEMA, this),
            vscode.workspace.onDidChangeTextDocument((event) => this.refresh(event.document.uri)),
        ];
    }

    async provideTextDocumentContent(page: vscode.Uri): Promise<string> {
        const client = this.server.client;
        if (client === undefined) {
            return "The server is not running.\n";
        }
        if (page.scheme === RULE) {
            const params = { name: ruleOf(page) };
            const found = await client.sendRequest<{ markdown: string } | null>(
                "pglint/rule",
                params,
            );
            return found?.markdown ?? `There is no rule ${params.name}.\n`;
        }
        const params = { textDocument: { uri: page.query } };
        const found = await client.sendRequest<{ text: string } | null>("pglint/schema", params);
        return found?.text ? `${found.text}\n` : "-- The files build no schema here.\n";
    }

    async showRule(rule: string): Promise<void> {
        const page = vscode.Uri.from({ scheme: RULE, path: `/${rule}.md` });
        await vscode.commands.executeCommand("markdown.showPreviewToSide", page);
    }

    /** The schema as `source` sees it, beside it, at what stands at `line` (from 0). */
    async showSchema(source: vscode.Uri, line: number): Promise<void> {
        const page = schemaPage(source);
        this.changes.fire(page);
        const document = await vscode.workspace.openTextDocument(page);
        await vscode.languages.setTextDocumentLanguage(document, "sql");
        const editor = await vscode.window.showTextDocument(document, {
            viewColumn: vscode.ViewColumn.Beside,
            preserveFocus: true,
            preview: true,
        });
        const place = new vscode.Position(lineOf(document.getText(), fileName(source), line), 0);
        editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.AtTop);
    }

    dispose(): void {
        vscode.Disposable.from(...this.subscriptions).dispose();
    }

    /** A schema on show follows the file that it belongs to. */
    private refresh(source: vscode.Uri): void {
        const page = schemaPage(source).toString();
        const shown = vscode.window.visibleTextEditors.find(
            (editor) => editor.document.uri.toString() === page,
        );
        if (shown !== undefined) {
            this.changes.fire(shown.document.uri);
        }
    }
}

function fileName(uri: vscode.Uri): string {
    return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}

function schemaPage(source: vscode.Uri): vscode.Uri {
    const name = fileName(source);
    return vscode.Uri.from({
        scheme: SCHEMA,
        path: `/Schema at ${name}`,
        query: source.toString(),
    });
}

function ruleOf(page: vscode.Uri): string {
    return page.path.replace(/^\//, "").replace(/\.md$/, "");
}
