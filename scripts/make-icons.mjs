// node scripts/make-icons.mjs: draws every icon of the product from the two SVG files in resources/icons. The results
// are committed, because the tools that draw them are not everywhere; run it again after a change of the SVG.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './lib/paths.mjs';
import { findBrowser } from './lib/setup/browser.mjs';

const dir = join(root, 'resources', 'icons');

/** Sizes in a Windows icon, px. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Entries of a macOS icon: OSType and px (Apple Icon Image format). */
const ICNS_ENTRIES = /** @type {const} */ ([
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
]);
/** Sizes that Linux desktops look for, px. */
const LINUX_SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];
/** Colour of the mark in the tray of Windows and Linux: readable on light and dark panels. */
const TRAY_COLOR = '#5b7cff';

/**
 * Packs PNG images into an ICO file.
 * @param {readonly { size: number; png: Buffer }[]} images
 */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  for (const [index, { size, png }] of images.entries()) {
    const at = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/**
 * Packs PNG images into an ICNS file.
 * @param {readonly { type: string; png: Buffer }[]} images
 */
function icns(images) {
  const parts = images.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

const found = findBrowser();
if (!found) throw new Error('No browser was found; name one in TABAGENT_BROWSER.');
const browser = await chromium.launch({ executablePath: found.path });
try {
  const page = await browser.newPage();
  /**
   * @param {string} svg
   * @param {number} size
   * @param {number} [margin] px of the drawing's own margin that is cut off, in its 1024 units
   */
  const draw = async (svg, size, margin = 0) => {
    const box = svg.replace(
      'viewBox="0 0 1024 1024"',
      `viewBox="${margin} ${margin} ${1024 - 2 * margin} ${1024 - 2 * margin}"`,
    );
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${box}`);
    return page.screenshot({ omitBackground: true });
  };

  const icon = await readFile(join(dir, 'icon.svg'), 'utf8');
  const mark = await readFile(join(dir, 'mark.svg'), 'utf8');
  /** @type {Map<string, Buffer>} */
  const drawn = new Map();
  // macOS wants the margin around the shape; Windows and Linux show icons edge to edge.
  for (const [type, size] of ICNS_ENTRIES) drawn.set(type, await draw(icon, size));
  await writeFile(
    join(dir, 'icon.icns'),
    icns(ICNS_ENTRIES.map(([type]) => ({ type, png: drawn.get(type) ?? Buffer.alloc(0) }))),
  );
  const images = [];
  for (const size of ICO_SIZES) images.push({ size, png: await draw(icon, size, 56) });
  await writeFile(join(dir, 'icon.ico'), ico(images));
  await mkdir(join(dir, 'linux'), { recursive: true });
  for (const size of LINUX_SIZES) {
    await writeFile(join(dir, 'linux', `${size}x${size}.png`), await draw(icon, size, 56));
  }
  for (const [suffix, size] of /** @type {const} */ ([
    ['', 22],
    ['@2x', 44],
  ])) {
    await writeFile(join(dir, `tray${suffix}.png`), await draw(mark.replaceAll('currentColor', TRAY_COLOR), size));
  }
  for (const [suffix, size] of /** @type {const} */ ([
    ['', 16],
    ['@2x', 32],
  ])) {
    await writeFile(join(dir, `trayTemplate${suffix}.png`), await draw(mark.replaceAll('currentColor', '#000'), size));
  }
} finally {
  await browser.close();
}
