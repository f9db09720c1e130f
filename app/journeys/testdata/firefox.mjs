// firefox.mjs ADDRESS drives a stock Firefox over WebDriver BiDi through the
// single-file edition at ADDRESS, and fails with what it waited for in vain.
// PUPPETEER and FIREFOX name the library's folder and the browser.
import {pathToFileURL} from 'node:url';
import {join} from 'node:path';

const {default: puppeteer} = await import(pathToFileURL(join(process.env.PUPPETEER, 'lib/esm/puppeteer/puppeteer-core.js')).href);
const address = process.argv[2];
const browser = await puppeteer.launch({browser: 'firefox', executablePath: process.env.FIREFOX, headless: true});
const complaints = [];
let failed = '';

try {
  const page = await browser.newPage();
  page.on('console', m => { if (m.type() === 'error') complaints.push(m.text()); });
  page.on('pageerror', e => complaints.push(e.message));
  page.on('request', r => { if (/^https?:/.test(r.url())) complaints.push('asked for ' + r.url()); });

  const wait = async (what, condition) => {
    try {
      await page.waitForFunction(condition, {timeout: 120000, polling: 100});
    } catch (err) {
      throw new Error(`waited in vain for ${what}: ${err.message}; ${await page.evaluate('location.href + " | " + document.title + " | " + JSON.stringify(document.documentElement.dataset)')}`);
    }
  };
  const open = async at => {
    await page.goto(at, {waitUntil: 'load', timeout: 120000});
    await wait('the program', 'document.documentElement.dataset.app === "ready"');
  };

  await open(address);
  await page.evaluate(`document.querySelector('a[href$="?p=/lessons/m3"]').click()`);
  await wait('the lesson', 'document.querySelector("h1")?.textContent.includes("模型架构") && document.title.includes("模型架构")');
  await wait('its labs', '[...document.querySelectorAll("[data-lab=attention]")].filter(e => e.dataset.state === "ready").length > 0');
  await page.evaluate(`(() => {
    const option = [...document.querySelectorAll("#q-mixing .option")].find(o => o.textContent.includes("每个词元仍被变换"));
    option.querySelector("input").click();
  })()`);
  await wait('the option', 'document.querySelector("#q-mixing .option-input:checked") !== null');
  await page.evaluate('document.querySelector("#q-mixing .button-primary").click()');
  await wait('the verdict', 'document.querySelector("#q-mixing .result-verdict")?.dataset.mark === "right"');
  await page.evaluate('document.querySelector("a[rel=next]").click()');
  await wait('the next lesson', 'location.search === "?p=/lessons/m4" && document.activeElement.textContent.includes("云端")');
  await page.evaluate('history.back()');
  await wait('the lesson again', 'document.querySelector("h1").textContent.includes("模型架构")');

  await open(address + '?p=/lessons/m3#q-mixing');
  await wait('the progress', 'document.querySelector("#q-mixing .result-verdict")?.dataset.mark === "right"');
  await page.evaluate(`document.querySelector('.tabs a[href$="?p=/search"]').click()`);
  await wait('the search', 'document.querySelector("#search-query") !== null');
  await page.evaluate(`(() => {
    const field = document.querySelector("#search-query");
    field.value = "KV";
    field.dispatchEvent(new Event("input", {bubbles: true}));
  })()`);
  await wait('the hits', 'location.search === "?p=/search&q=KV" && document.querySelector("#page-main").innerText.includes("键值缓存")');
  await open(address + '?p=/labs/next-token');
  await wait('the language model', 'document.querySelector("[data-lab]")?.dataset.state === "ready"');
} catch (err) {
  failed = err.message;
} finally {
  await browser.close();
}
if (complaints.length > 0) failed += '\ncomplaints: ' + complaints.join('\n');
if (failed) {
  console.error(failed.trim());
  process.exit(1);
}
