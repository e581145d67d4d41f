/** One registry of actions and their keys; the palette, tooltips and the key sheet all read it. */

/** Where an action belongs; later layers win over earlier ones for the same key. */
export const LAYERS = ['global', 'view', 'list', 'detail', 'editor'] as const;
/** One layer, see {@link LAYERS}. */
export type Layer = (typeof LAYERS)[number];

/** Something the user can do. */
export interface Action {
  /** Unique among the actions that are registered at the same time. */
  id: string;
  title: string;
  /** Heading in the palette and on the key sheet. */
  group: string;
  layer: Layer;
  /** Chords such as `Mod+K`, `G D`, `Shift+ArrowDown`, `?`; the first is shown. */
  keys?: readonly string[];
  /** Also when a text field has the focus. Only chords with Mod, Escape and function keys may. */
  inFields?: boolean;
  /** A sentence that says why not, when it cannot be done now. */
  blocked?: string | null;
  /** Left out of the palette (movement in lists and the like). */
  hidden?: boolean;
  /** Words that find it in the palette beside its title. */
  keywords?: string;
  run(): void;
}

/** Modifier keys and key of one stroke in a fixed order, `Mod+Shift+K`. */
export function strokeOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const named = event.key.length > 1;
  const letter = /^[a-z]$/i.test(event.key);
  const parts = [
    event.ctrlKey || event.metaKey ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    // Shift is part of the character for `?` and the like, but not for letters and named keys.
    event.shiftKey && (named || letter) ? 'Shift' : '',
    event.key === ' ' ? 'Space' : letter ? event.key.toUpperCase() : event.key,
  ];
  return parts.filter((part) => part !== '').join('+');
}

/** Time in ms within which the second stroke of `G D` has to come. */
export const SEQUENCE_MS = 1_000;

/** The registry. */
export interface KeyRegistry {
  /** Adds actions until the answered function is called. @throws Error when an id or, within a layer, a key is taken */
  register(actions: readonly Action[]): () => void;
  /** Every action now, innermost layer first. */
  actions(): readonly Action[];
  subscribe(listener: () => void): () => void;
  /**
   * Handles one key press. @returns true when an action ran or a sequence goes on, so that the caller prevents the default
   * @param inField whether a text field has the focus
   * @param onBlocked told of an action that cannot be done now
   */
  press(stroke: string, inField: boolean, now: number, onBlocked?: (action: Action, reason: string) => void): boolean;
}

/** Creates an empty registry. */
export function createKeyRegistry(): KeyRegistry {
  const groups = new Set<readonly Action[]>();
  const listeners = new Set<() => void>();
  let all: readonly Action[] = [];
  let pending: { stroke: string; at: number } | null = null;

  const update = () => {
    all = [...groups]
      .flat()
      .map((action, order) => ({ action, order }))
      .sort((a, b) => LAYERS.indexOf(b.action.layer) - LAYERS.indexOf(a.action.layer) || a.order - b.order)
      .map(({ action }) => action);
    for (const listener of listeners) listener();
  };

  const find = (chord: string, inField: boolean) =>
    all.find((action) => action.keys?.includes(chord) && (!inField || action.inFields === true));

  return {
    register: (actions) => {
      for (const [index, action] of actions.entries()) {
        const others = [...all, ...actions.slice(0, index)];
        if (others.some(({ id }) => id === action.id)) throw new Error(`Action ${action.id} is registered twice`);
        const clash = others.find(
          ({ layer, keys }) => layer === action.layer && keys?.some((key) => action.keys?.includes(key)),
        );
        if (clash !== undefined)
          throw new Error(`${action.id} and ${clash.id} have the same key in layer ${action.layer}`);
      }
      groups.add(actions);
      update();
      return () => {
        groups.delete(actions);
        update();
      };
    },
    actions: () => all,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    press: (stroke, inField, now, onBlocked) => {
      const first = pending !== null && now - pending.at <= SEQUENCE_MS ? pending.stroke : null;
      pending = null;
      const action = (first === null ? undefined : find(`${first} ${stroke}`, inField)) ?? find(stroke, inField);
      if (action !== undefined) {
        if (action.blocked) onBlocked?.(action, action.blocked);
        else action.run();
        return true;
      }
      if (!inField && all.some(({ keys }) => keys?.some((key) => key.startsWith(`${stroke} `)))) {
        pending = { stroke, at: now };
        return true;
      }
      return false;
    },
  };
}

/** Text of a tooltip with the keys of this platform, `Sidebar · Ctrl B`. */
export const keyHint = (text: string | undefined, chord: string | undefined): string =>
  [text, chord === undefined ? null : chordLabel(chord).join(' ')].filter(Boolean).join(' · ');

/** How a chord is written for people on this platform. */
export function chordLabel(chord: string, mac = /mac/i.test(globalThis.navigator?.platform ?? '')): string[] {
  const names: Record<string, string> = {
    Mod: mac ? '⌘' : 'Ctrl',
    Shift: mac ? '⇧' : 'Shift',
    Alt: mac ? '⌥' : 'Alt',
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
    Delete: 'Del',
  };
  // The plus key is written as itself: `+` alone, or at the end of a chord.
  return chord.split(/(?<=.)[+ ](?=.)/).map((part) => names[part] ?? part);
}
