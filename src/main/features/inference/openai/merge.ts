/** Merges several generators into one, in the order in which their items arrive. */

/** An item with the index of its source; `end` is what the source returned. */
export type Merged<Item, End> = { index: number; item: Item } | { index: number; end: End };

/** A failure of one source, or a reader that leaves, ends all of them. */
export async function* merge<Item, End>(
  sources: readonly AsyncGenerator<Item, End, void>[],
): AsyncGenerator<Merged<Item, End>, void, void> {
  const pull = (index: number, source: AsyncGenerator<Item, End, void>) =>
    source.next().then((next) => ({ index, source, next }));
  const waiting = new Map(sources.map((source, index) => [index, pull(index, source)]));
  // A failure is thrown when the race below sees it; until then it must not count as unhandled.
  for (const one of waiting.values()) one.catch(() => undefined);
  try {
    while (waiting.size > 0) {
      const { index, source, next } = await Promise.race(waiting.values());
      if (next.done) {
        waiting.delete(index);
        yield { index, end: next.value };
        continue;
      }
      yield { index, item: next.value };
      const pulled = pull(index, source);
      pulled.catch(() => undefined);
      waiting.set(index, pulled);
    }
  } finally {
    for (const source of sources) source.return(undefined as never).catch(() => undefined);
  }
}

/** Opens a stream when its first item is asked for, so that the door can answer its headers while the model loads. */
export async function* late<T>(begin: () => Promise<AsyncGenerator<T, void, void>>): AsyncGenerator<T, void, void> {
  yield* await begin();
}
