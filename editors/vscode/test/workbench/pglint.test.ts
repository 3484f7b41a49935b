// One window, used as somebody would use it who opens the shop for the first time.

import assert from "node:assert/strict";
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";

import { INSTALL } from "../../src/locate";
import { Workbench } from "./workbench";

const { PGLINT, VSCODE_SERVER, FIXTURES, SCREENSHOTS } = process.env;
assert.ok(PGLINT && VSCODE_SERVER && FIXTURES, "scripts/test-vscode sets these variables");

const scratch = mkdtempSync(path.join(tmpdir(), "pglint-vscode-"));
const shop = path.join(scratch, "shop");
let window: Workbench;

const inShop = (name: string) => path.join(shop, name);
const read = (name: string) => readFileSync(inShop(name), "utf8");

before(async () => {
    cpSync(path.join(FIXTURES, "shop"), shop, { recursive: true });
    writeFileSync(
        inShop("queries/leftovers.sql"),
        "-- pglint: ignore[select-star] names its columns now\n" +
            "SELECT id FROM product WHERE id = $1;\n" +
            "\n" +
            "SELECT id -- pglint: ignore[null-comparison] once was\n" +
            "FROM product\n" +
            "WHERE '😀' <> sku AND name = NULL;\n",
    );
    window = await Workbench.open({
        server: VSCODE_SERVER,
        extension: path.resolve("dist/pglint.vsix"),
        scratch,
        folder: shop,
    });
});

afterEach(async (context) => {
    const name = "name" in context ? context.name.replace(/\W+/g, "-") : "test";
    if (SCREENSHOTS !== undefined) {
        mkdirSync(SCREENSHOTS, { recursive: true });
        await window.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    }
});

after(async () => {
    await window?.close();
    rmSync(scratch, { recursive: true });
});

test("where there is no pglint, a message says how to get it", async () => {
    await window.trust();
    await window.openFile("orders_not_shipped.sql");
    const message = window.notifications().first();
    await message.waitFor();
    const text = await message.innerText();
    assert.ok(text.includes("pglint is not installed"), text);
    assert.ok(text.includes(INSTALL), text);
    const label = (await window.status().getAttribute("aria-label")) ?? "";
    assert.match(label, /^pglint does not run: pglint is not installed/);
    assert.deepEqual(await window.squiggles(), []);
});

test("the workspace's own pglint is found when it is there", async () => {
    mkdirSync(inShop(".venv/bin"), { recursive: true });
    symlinkSync(PGLINT, inShop(".venv/bin/pglint"));
    await window.page.getByRole("button", { name: "Try Again" }).click();
    await window.until("pglint runs", async () =>
        /^pglint \d+\.\d+\.\d+ is running$/.test(
            (await window.status().getAttribute("aria-label")) ?? "",
        ),
    );
});

test("the squiggle is under the comparison", async () => {
    await window.until("there is one", async () => (await window.squiggles()).length > 0);
    const expected = { severity: "error", line: 6, text: "s.shipped_at = NULL" };
    assert.deepEqual(await window.squiggles(), [expected]);
});

test("a rule is explained", async () => {
    await window.goTo(6, 12);
    await window.run("pglint: Explain Rule at Cursor");
    await window.until("its page is open", async () =>
        (await window.page.locator(".tab").allInnerTexts()).includes("Preview null-comparison.md"),
    );
    const heading = window.page
        .frameLocator("iframe.webview")
        .frameLocator("iframe#active-frame")
        .getByRole("heading", { name: "null-comparison", exact: true });
    await heading.waitFor();
});

test("what was opened beside is closed", () => window.closeBeside());

test("a quick fix mends the query", async () => {
    await window.goTo(6, 12);
    assert.deepEqual(await window.actions(), [
        "Write `IS NULL` (unsafe)",
        "Ignore null-comparison for this statement",
        "Ignore null-comparison in this file",
        "Explain null-comparison",
    ]);
    const before = read("queries/orders_not_shipped.sql");
    await window.chooseAction(0);
    await window.until("it is gone", async () => (await window.squiggles()).length === 0);
    await window.save();
    assert.equal(
        read("queries/orders_not_shipped.sql"),
        before.replace("s.shipped_at = NULL", "s.shipped_at IS NULL"),
    );
});

test("a hover tells what a table is", async () => {
    await window.goTo(2, 7);
    const hover = await window.hover();
    assert.match(hover, /^table public\.orders +-- 0004_orders\.up\.sql:\d+$/m);
    assert.match(hover, /^ {2}id +bigint +not null generated always as identity$/m);
    // What later migrations added is there, and says where it came from.
    assert.match(hover, /^ {2}coupon_id +bigint +-- 0010_coupons_and_gift_cards\.up\.sql:14$/m);
    assert.match(hover, /^0004_orders\.up\.sql · 0010_coupons_and_gift_cards\.up\.sql\b/m);
    await window.press("Escape");
});

test("the definition of a table is in another file", async () => {
    await window.goTo(2, 7);
    await window.press("F12");
    const file = "0004_orders.up.sql";
    await window.until("it is open", async () => (await window.title()) === file);
    const lines = read(`migrations/${file}`).split("\n");
    const line = lines.findIndex((it) => it.startsWith("CREATE TABLE orders"));
    const column = "CREATE TABLE ".length;
    await window.until("the cursor is on the name", async () =>
        (await window.cursor()).startsWith(`Ln ${line + 1}, Col ${column + 1}`),
    );
});

test("everything that is safe to fix is fixed at once", async () => {
    await window.openFile("leftovers.sql");
    await window.until("all is seen", async () => (await window.squiggles()).length === 3);
    await window.run("pglint: Fix Everything That Is Safe to Fix in This File");
    await window.until("two are gone", async () => (await window.squiggles()).length === 1);
    // The comparison stays, because its fix is not safe; the emoji moves nothing.
    const expected = { severity: "error", line: 5, text: "name = NULL" };
    assert.deepEqual(await window.squiggles(), [expected]);
    await window.save();
    assert.equal(
        read("queries/leftovers.sql"),
        "SELECT id FROM product WHERE id = $1;\n" +
            "\n" +
            "SELECT id\n" +
            "FROM product\n" +
            "WHERE '😀' <> sku AND name = NULL;\n",
    );
});

test("the schema is shown as the file sees it", async () => {
    await window.openFile("0003_basket.up.sql");
    await window.goTo(15, 5);
    await window.run("pglint: Show Schema Here");
    const text = window.page.locator(".editor-group-container", {
        has: window.page.locator(".tab", { hasText: "Schema at 0003_basket.up.sql" }),
    });
    const lines = text.locator(".view-lines");
    // The table was called so in this migration, and is called `cart_item` later.
    const expected = /^table public\.basket_item +-- 0003_basket\.up\.sql:12$/m;
    await window.until("it is there", async () =>
        expected.test((await lines.innerText()).replaceAll("\u00a0", " ")),
    );
});
