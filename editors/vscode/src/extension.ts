// Activation: one server for the window, restarted when what it depends on changes.

import * as vscode from "vscode";

import { registerCommands } from "./commands";
import { Pages } from "./pages";
import { Server } from "./server";
import { Status } from "./status";

let server: Server | undefined;

/** The settings that a server is started with. The client itself follows `pglint.trace`. */
const STARTED_WITH = ["pglint.enable", "pglint.path", "pglint.importStrategy"];

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const log = vscode.window.createOutputChannel("pglint", { log: true });
    const status = new Status();
    const started = new Server(context.extensionUri, log, status);
    const pages = new Pages(started);
    server = started;
    context.subscriptions.push(
        log,
        status,
        pages,
        registerCommands(started, pages, log),
        vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (STARTED_WITH.some((setting) => event.affectsConfiguration(setting))) {
                void started.restart();
            }
        }),
    );
    await started.restart();
}

export async function deactivate(): Promise<void> {
    await server?.dispose();
}
