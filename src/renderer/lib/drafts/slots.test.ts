/** Two tabs on one storage, in every order of what can be done in them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DraftEntry } from './drafts.ts';
import { conflictsOf, edited, pendingEdits, rebased, saved } from './merge.ts';
import { createSlots } from './slots.ts';

const KEY = 'cmd_1';
const NOTHING: DraftEntry = { edits: {}, base: {}, version: null, input: null, texts: {}, hidden: [], at: 0 };
const parse = (item: unknown): DraftEntry | null => (item === null ? null : { ...NOTHING, ...(item as DraftEntry) });
const fakeStorage = () => {
  const items = new Map<string, string>();
  const proxy = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, item: string) => void items.set(name, item),
    removeItem: (name: string) => void items.delete(name),
  };
  // A storage lists its items as its own members.
  return new Proxy(proxy, {
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  }) as unknown as Storage;
};

/** What is stored on the host, and the clock of the machine. */
const createWorld = () => ({ version: 1, text: 'stored', now: 1, local: fakeStorage(), open: new Set<Tab>() });
type World = ReturnType<typeof createWorld>;

/** A tab with an editor of one text, which does what the composer does. */
class Tab {
  private session = fakeStorage();
  private slots: ReturnType<typeof createSlots<DraftEntry>>;
  private entry: DraftEntry | null = null;
  /** What was typed here and is neither saved nor discarded. */
  typed: string | null = null;

  private world: World;

  constructor(world: World) {
    this.world = world;
    this.slots = this.load();
  }
  private load() {
    const slots = createSlots<DraftEntry>(
      () => this.world.local,
      () => this.session,
      parse,
      () => this.world.now,
    );
    this.entry = slots.see(KEY);
    this.world.open.add(this);
    return slots;
  }
  private get stored() {
    return { version: this.world.version, members: { text: this.world.text } };
  }
  get shown(): string {
    return String(this.entry?.edits.text ?? this.world.text);
  }
  get conflicts() {
    return this.entry === null ? [] : conflictsOf(this.entry, this.stored);
  }
  private put(entry: DraftEntry) {
    if (Object.keys(entry.edits).length === 0) {
      this.slots.end(KEY, entry.version);
      this.entry = null;
      this.typed = null;
    } else this.entry = { ...entry, at: this.slots.put(KEY, entry).at };
  }
  type(text: string) {
    this.put(edited(this.entry ?? NOTHING, this.stored, { text }));
    this.typed = text;
  }
  save(): boolean {
    if (this.entry === null || pendingEdits(this.entry).length === 0 || this.conflicts.length > 0) return false;
    this.world.text = this.shown;
    this.world.version += 1;
    this.put(rebased(saved(this.entry, { text: this.shown }, this.world.version), this.stored));
    return true;
  }
  discard() {
    const version = this.entry?.version ?? null;
    this.slots.end(KEY, version === null ? null : version + 1);
    this.entry = null;
    this.typed = null;
  }
  /** The browser tells of what another tab has written. */
  hear() {
    if (this.slots.isMine(KEY)) this.slots.rewrite(KEY);
    else this.entry = this.slots.see(KEY);
  }
  reload() {
    this.slots.leave();
    this.slots = this.load();
  }
  close() {
    this.world.open.delete(this);
  }
}

type Step = [tab: 0 | 1, what: 'type' | 'save' | 'discard' | 'hear' | 'reload' | 'reopen'];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(0 as const, 1 as const),
    fc.constantFrom('type', 'type', 'save', 'save', 'discard', 'hear', 'hear', 'reload', 'reopen'),
  ),
  { maxLength: 14 },
) as never;

// Catches an editor that falls back to what another tab has typed before, and words that are gone after a reload.
test('in each order of two tabs nothing typed is lost, and what was saved does not come back as an older text', () => {
  const run = (order: Step[]) => {
    const world = createWorld();
    const tabs: [Tab, Tab] = [new Tab(world), new Tab(world)];
    /** Texts that were typed before the last save of each tab: they are over there. */
    const past: [Set<string>, Set<string>] = [new Set(), new Set()];
    const ever = new Set<string>();
    order.forEach(([which, what], index) => {
      world.now += 1;
      const tab = tabs[which];
      if (what === 'type') {
        tab.type(`text ${index}`);
        ever.add(`text ${index}`);
      } else if (what === 'save') {
        if (tab.save()) past[which] = new Set([...ever].filter((text) => text !== world.text));
      } else if (what === 'reopen') {
        tab.close();
        tabs[which] = new Tab(world);
        past[which].clear();
      } else tab[what]();
      for (const [at, { typed, shown }] of tabs.entries()) {
        if (typed !== null) expect(shown).toBe(typed);
        else if (shown !== world.text) expect(past[at as 0 | 1]).not.toContain(shown);
      }
    });
  };
  fc.assert(fc.property(steps, run), { numRuns: 500 });
});

// Catches a closed tab whose words nobody sees again.
test('what a closed tab has left is shown by the next one, and goes with what continues it', () => {
  const world = createWorld();
  const first = new Tab(world);
  first.type('begun');
  first.close();
  const second = new Tab(world);
  expect(second.shown).toBe('begun');
  second.type('begun and done');
  second.save();
  expect(new Tab(world).shown).toBe('begun and done');
  expect(new Tab(world).conflicts).toEqual([]);
});

// Catches a tab that loses its words at a reload, because another one has saved what it made of them.
test('a tab that is still open keeps its text through its reload', () => {
  const world = createWorld();
  const [first, second] = [new Tab(world), new Tab(world)];
  first.type('mine');
  second.hear();
  second.type('yours');
  second.save();
  first.hear();
  first.reload();
  expect([first.shown, second.shown]).toEqual(['mine', 'yours']);
  expect(first.conflicts).toEqual(['text']);
});
