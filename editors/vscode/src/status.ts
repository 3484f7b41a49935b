// The item in the status bar, shown beside SQL.

import * as vscode from "vscode";

import { isSql } from "./documents";

/** What there is to know about the server. */
export type Condition =
    | { kind: "off" }
    | { kind: "starting" }
    | { kind: "running"; version: string; file: string; origin: string }
    | { kind: "failed"; reason: string };

export class Status implements vscode.Disposable {
    private readonly item = vscode.window.createStatusBarItem(
        "pglint.status",
        vscode.StatusBarAlignment.Right,
    );
    private readonly subscription: vscode.Disposable;
    private condition: Condition = { kind: "off" };

    constructor() {
        this.item.name = "pglint";
        this.item.command = "pglint.showLogs";
        this.subscription = vscode.window.onDidChangeActiveTextEditor(() => this.update());
    }

    show(condition: Condition): void {
        this.condition = condition;
        const isRunning = condition.kind === "running";
        void vscode.commands.executeCommand("setContext", "pglint.isRunning", isRunning);
        this.update();
    }

    dispose(): void {
        this.subscription.dispose();
        this.item.dispose();
    }

    private update(): void {
        const { condition, item } = this;
        if (condition.kind === "off" || !isSql(vscode.window.activeTextEditor?.document)) {
            item.hide();
            return;
        }
        item.text = text(condition);
        item.tooltip = tooltip(condition);
        item.accessibilityInformation = { label: label(condition) };
        item.backgroundColor =
            condition.kind === "failed"
                ? new vscode.ThemeColor("statusBarItem.errorBackground")
                : undefined;
        item.show();
    }
}

function text(condition: Condition): string {
    switch (condition.kind) {
        case "starting":
            return "$(loading~spin) pglint";
        case "failed":
            return "$(error) pglint";
        default:
            return "$(check) pglint";
    }
}

/** The condition in words. */
function label(condition: Condition): string {
    switch (condition.kind) {
        case "running":
            return `pglint ${condition.version} is running`;
        case "failed":
            return `pglint does not run: ${condition.reason}`;
        default:
            return "pglint is starting";
    }
}

function tooltip(condition: Condition): vscode.MarkdownString {
    const page = new vscode.MarkdownString("", true);
    page.isTrusted = { enabledCommands: ["pglint.restart", "pglint.showLogs"] };
    page.appendText(label(condition));
    if (condition.kind === "running") {
        page.appendMarkdown("\n\n");
        page.appendText(`${condition.file} (${condition.origin})`);
    }
    page.appendMarkdown(
        "\n\n[$(refresh) Restart](command:pglint.restart) · [$(output) Logs](command:pglint.showLogs)",
    );
    return page;
}
