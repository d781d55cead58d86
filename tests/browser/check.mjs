// Opens pages of the audit in Chromium: no request, no policy violation, no script of the corpus,
// no serious accessibility fault, complete without script, keys work, nothing sticks out.
// usage: node check.mjs FOLDER-OF-PAGES FOLDER-OF-PICTURES
import { readdirSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const [pages, pictures] = process.argv.slice(2).map((one) => resolve(one));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  ["light", 1200, 900], ["dark", 1200, 900], ["light", 390, 844], ["dark", 390, 844],
];
mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const faults = [];
let copies = 0;
const fault = (where, what) => { faults.push(`${where}: ${what}`); };

async function open(file, colorScheme, width, height, javaScriptEnabled = true) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme, javaScriptEnabled, permissions: [],
  });
  const page = await context.newPage();
  const seen = { requests: [], violations: [], errors: [] };
  page.on("request", (one) => {
    if (one.url() !== `file://${file}`) seen.requests.push(one.url());
  });
  page.on("console", (one) => {
    if (one.type() === "error") seen.violations.push(one.text());
  });
  page.on("pageerror", (one) => seen.errors.push(String(one)));
  page.on("dialog", (one) => { seen.errors.push(`dialog: ${one.message()}`); one.dismiss(); });
  await page.goto(`file://${file}`);
  return { context, page, seen };
}

for (const name of readdirSync(pages).filter((one) => one.endsWith(".html")).sort()) {
  const file = join(pages, name);
  const size = statSync(file).size;
  if (size > 1_000_000) fault(name, `${size} bytes`);
  for (const [scheme, width, height] of LOOKS) {
    const where = `${name} ${scheme} ${width}`;
    const { context, page, seen } = await open(file, scheme, width, height);
    await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (wide > 0) fault(where, `sticks out by ${wide} pixels`);
    if ((await page.title()).includes("owned")) fault(where, "a script of the corpus ran");
    // axe's own style and script are put there by the debugger, which the policy does not bind.
    await page.evaluate(axe);
    const result = await page.evaluate("axe.run()");
    for (const one of result.violations) {
      const line = `${one.impact} ${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 120)}`;
      if (["serious", "critical"].includes(one.impact)) fault(where, line);
      else console.log(`note ${where}: ${line}`);
    }
    for (const [kind, list] of Object.entries(seen)) {
      for (const one of new Set(list)) fault(where, `${kind}: ${one}`);
    }
    await page.reload();
    await page.screenshot({ path: join(pictures, `${name}-${scheme}-${width}.png`) });
    await context.close();
  }

  const { context, page } = await open(file, "light", 1200, 900);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const at = await page.evaluate("document.activeElement.closest('.item') !== null");
  if (!at) fault(name, "j does not move to an item");
  await page.keyboard.press("/");
  await page.keyboard.type("zzzz-no-such-word");
  const left = await page.locator(".item:visible").count();
  if (left) fault(name, `the filter leaves ${left} items`);
  await page.keyboard.press("Escape");
  if (!(await page.locator(".item:visible").count())) fault(name, "Escape does not end the filter");
  const mark = page.locator("[data-rule]").first();
  if (await mark.count()) {
    const hint = await mark.evaluate((one) => {
      for (let up = one.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
      one.focus();
      return getComputedStyle(one, "::after").content;
    });
    if (!hint.includes(".")) fault(name, `no rule is shown on focus: ${hint}`);
  }
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const button of await page.locator("button.copy").all()) {
    await button.evaluate((one) => {
      for (let up = one.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    });
    await button.click();
    const copied = await page.evaluate("navigator.clipboard.readText()");
    const shown = await button.evaluate((one) => one.parentElement.querySelector("code").textContent);
    if (copied !== `${shown}\n`) fault(name, `copied ${JSON.stringify(copied).slice(0, 120)}`);
    writeFileSync(join(pictures, `${name}-${copies++}.toml`), copied);
  }
  await page.emulateMedia({ media: "print" });
  await page.pdf({ path: join(pictures, `${name}.pdf`), format: "A4" });
  await context.close();

  const bare = await open(file, "light", 1200, 900, false);
  const withScript = await open(file, "light", 1200, 900);
  const words = async (one) => (await one.page.locator("main").textContent()).length;
  const [without, with_] = [await words(bare), await words(withScript)];
  if (without < with_) fault(name, `without script ${without} characters of ${with_}`);
  await bare.context.close();
  await withScript.context.close();
  console.log(`${name}: ${size} bytes`);
}
await browser.close();
for (const one of faults) console.error(`FAULT ${one}`);
console.log(faults.length ? `${faults.length} faults` : "no faults");
process.exit(faults.length ? 1 : 0);
