import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fitBounds, loadShellState, saveShellState } from './window-state.ts';

const first = { x: 0, y: 25, width: 1680, height: 1000 };
const second = { x: 1680, y: 0, width: 1920, height: 1080 };

describe('bounds of the window', () => {
  test('are kept where a screen still is', () => {
    const saved = { x: 1800, y: 100, width: 1200, height: 800 };
    expect(fitBounds(saved, [first, second])).toEqual(saved);
  });

  test('come back to the first screen after the monitor was unplugged', () => {
    const saved = { x: 1800, y: 100, width: 1200, height: 800 };
    expect(fitBounds(saved, [first])).toEqual({ x: 120, y: 75, width: 1440, height: 900 });
  });

  test('leave the title bar where it can be grabbed', () => {
    expect(fitBounds({ x: 100, y: -200, width: 1200, height: 800 }, [first]).y).toBeGreaterThanOrEqual(first.y);
    expect(fitBounds({ x: -1150, y: 100, width: 1200, height: 800 }, [first]).x).toBeGreaterThanOrEqual(first.x);
  });

  test('shrink to a smaller screen, not below what the panel is laid out for', () => {
    expect(fitBounds({ x: 0, y: 25, width: 3000, height: 2000 }, [first])).toMatchObject({ width: 1680, height: 1000 });
    expect(fitBounds({ x: 0, y: 25, width: 200, height: 100 }, [first])).toMatchObject({ width: 1024, height: 640 });
  });

  test('fit a screen smaller than the default', () => {
    expect(fitBounds(null, [{ x: 0, y: 0, width: 1280, height: 720 }])).toEqual({
      x: 0,
      y: 0,
      width: 1280,
      height: 720,
    });
  });
});

describe('the file', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tabagent-window-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test('gives back what was saved', () => {
    const file = join(dir, 'new', 'window.json');
    const state = { bounds: { x: 1, y: 2, width: 1100, height: 700 }, maximized: true };
    saveShellState(file, state);
    expect(loadShellState(file)).toEqual(state);
  });

  test.each([
    '',
    '{',
    '[]',
    '{"bounds":{"x":"1"}}',
    '{"bounds":{"x":1e400,"y":0,"width":1,"height":1}}',
  ])('a damaged one (%s) does not keep the program from starting', (content) => {
    const file = join(dir, 'window.json');
    writeFileSync(file, content);
    expect(loadShellState(file)).toEqual({ bounds: null, maximized: false });
  });
});
