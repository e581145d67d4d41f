/// <reference lib="dom" />
/**
 * Start of the page that shows reports of Playwright Test: puts the data of the artifact that the address names where Playwright's script
 * looks for it, and loads that.
 */
const address = new URLSearchParams(location.search).get('report') ?? '';
const answer = await fetch(new URL(address, location.origin));
if (answer.ok) {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const pieces = [];
  // Arguments of a call have a limit.
  for (let at = 0; at < bytes.length; at += 32_768)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32_768)));
  const data = document.createElement('template');
  data.id = 'playwrightReportBase64';
  data.innerHTML = `data:application/zip;base64,${btoa(pieces.join(''))}`;
  document.body.append(data);
  const script = './report.js';
  await import(script);
  // It waits for the page to be loaded, which may have been before.
  if (document.readyState === 'complete') dispatchEvent(new Event('load'));
} else {
  document.body.textContent = 'This report is gone.';
}

export {};
